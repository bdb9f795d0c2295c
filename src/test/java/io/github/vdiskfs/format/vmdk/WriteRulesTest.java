// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.disk.TestDisks;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.MemoryFolder;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WriteRulesTest {
  private static final int GRAIN_SECTORS = 128;

  private final MemoryFolder folder = new MemoryFolder();

  private ImageException refusal(String extents) throws IOException {
    folder.putAll(Map.of("disk.vmdk", Samples.descriptor("twoGbMaxExtentSparse", extents)));
    try (VirtualDisk disk = TestDisks.open(folder, "disk.vmdk", new VmdkFormat())) {
      ImageException e = assertThrows(ImageException.class, disk::startWriting);
      assertEquals(ImageException.Kind.READ_ONLY, e.kind(), e.getMessage());
      return e;
    }
  }

  @Test
  void extentsWithDifferentGrainsAreReadOnly() throws IOException {
    folder.putAll(Map.of("small.vmdk", Samples.bytes("split-s001.vmdk")));
    try (Storage large = folder.create("large.vmdk")) {
      new SparseCreator(large, GRAIN_SECTORS, false).create(null);
    }
    ImageException e = refusal("RW 128 SPARSE \"large.vmdk\"\nRW 128 SPARSE \"small.vmdk\"\n");
    assertTrue(e.getMessage().contains("grains of different sizes"), e.getMessage());
  }
}
