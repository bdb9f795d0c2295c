// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vdiskfs.format.KnownFormats;
import io.github.vdiskfs.format.raw.RawFormat;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A raw disk without a signature keeps having none. */
class SignatureGuardTest {
  private static final byte[] QCOW2 = {'Q', 'F', 'I', (byte) 0xfb, 0, 0, 0, 3};
  private static final byte[] FOOTER = "conectix".getBytes(StandardCharsets.US_ASCII);
  private static final int SIZE = 1 << 20;

  private static VirtualDisk disk(MemoryStorage file) throws IOException {
    Image image = new RawFormat().open(file, TestImages.context(Map.of()));
    SignatureGuard guard = new SignatureGuard(new Recognizer(KnownFormats.all()), file);
    VirtualDisk disk = new VirtualDisk(List.of(image), new ClusterCache(0), true, guard);
    disk.startWriting();
    return disk;
  }

  private static byte[] filled() {
    byte[] content = new byte[SIZE];
    Arrays.fill(content, (byte) 7);
    return content;
  }

  private static void refused(MemoryStorage file, Executable change) {
    byte[] before = file.content();
    ImageException e = assertThrows(ImageException.class, change);
    assertEquals(ImageException.Kind.NOT_PERMITTED, e.kind(), e.getMessage());
    assertArrayEquals(before, file.content(), "bytes of the file after a refused change");
  }

  private static void write(VirtualDisk disk, byte[] bytes, long offset) throws IOException {
    disk.write(ByteBuffer.wrap(bytes), offset);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "qcow2/v3.qcow2",
        "qcow/plain.qcow",
        "vdi/dynamic.vdi",
        "vmdk/sparse.vmdk",
        "vmdk/flat.vmdk",
        "vpc/blocks.vhd"
      })
  void noImageCanBeWrittenIntoIt(String sample) throws IOException {
    MemoryStorage file = new MemoryStorage("disk.img", filled());
    try (VirtualDisk disk = disk(file)) {
      byte[] image = TestImages.bytes(sample);
      refused(file, () -> write(disk, Arrays.copyOf(image, 512), 0));
      refused(file, () -> write(disk, image, 0));
    }
  }

  @Test
  void noSignatureCanBePutTogether() throws IOException {
    MemoryStorage file = new MemoryStorage("disk.img", filled());
    try (VirtualDisk disk = disk(file)) {
      // The version that is there already is one that is to come.
      write(disk, Arrays.copyOfRange(QCOW2, 1, 8), 1);
      refused(file, () -> write(disk, new byte[] {'Q'}, 0));
      write(disk, new byte[512], 0);
      write(disk, Arrays.copyOf(QCOW2, 4), 0);
      refused(file, () -> write(disk, new byte[] {3}, 7));
    }
  }

  @Test
  void aFooterIsRefusedAtTheEnd() throws IOException {
    MemoryStorage file = new MemoryStorage("disk.img", filled());
    try (VirtualDisk disk = disk(file)) {
      refused(file, () -> write(disk, FOOTER, SIZE - 512));
      refused(file, () -> write(disk, FOOTER, SIZE - 511));
      write(disk, FOOTER, SIZE - 510);
      write(disk, FOOTER, SIZE - 1024);
    }
  }

  @Test
  void noOtherSizeMakesAFooterOfWhatIsThere() throws IOException {
    MemoryStorage file = new MemoryStorage("disk.img", filled());
    try (VirtualDisk disk = disk(file)) {
      write(disk, FOOTER, 4096);
      refused(file, () -> disk.resize(4096 + 512));
      refused(file, () -> disk.resize(4096 + 511));
      write(disk, FOOTER, SIZE - 100);
      refused(file, () -> disk.resize(SIZE + 412));
      disk.resize(SIZE + 413);
      disk.resize(4096);
      assertEquals(4096, disk.size());
    }
  }

  @Test
  void whatOnlyLooksLikeASignatureCanBeZeroedAndWritten() throws IOException {
    MemoryStorage file = new MemoryStorage("disk.img", filled());
    try (VirtualDisk disk = disk(file)) {
      byte[] nearlyQcow = {'Q', 'F', 'I', (byte) 0xfb, 0, 0, 0, 0};
      write(disk, nearlyQcow, 0);
      byte[] content = file.content();
      disk.zero(0, SIZE);
      assertArrayEquals(new byte[SIZE], file.content());
      write(disk, content, 0);
      assertArrayEquals(content, file.content());
    }
  }

  @Test
  void everythingElseIsWritten() throws IOException {
    MemoryStorage file = new MemoryStorage("disk.img", filled());
    try (VirtualDisk disk = disk(file)) {
      write(disk, QCOW2, 512);
      write(disk, QCOW2, 1);
      byte[] sector = new byte[512];
      sector[510] = 0x55;
      sector[511] = (byte) 0xaa;
      write(disk, sector, 0);
      assertArrayEquals(sector, Arrays.copyOf(file.content(), 512));
      assertArrayEquals(QCOW2, Arrays.copyOfRange(file.content(), 512, 520));
    }
  }
}
