// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import static io.github.vdiskfs.format.vpc.VpcBuilder.FIRST_BLOCK;
import static io.github.vdiskfs.format.vpc.VpcBuilder.UNUSED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.CheckReport.Repair;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VpcCheckerTest {
  private static VpcBuilder builder(int... entries) {
    byte[][] blocks = {VpcBuilder.block(1), VpcBuilder.block(2), VpcBuilder.block(3)};
    return new VpcBuilder(entries, new int[] {0xFF, 0xF0, 0xFF}, blocks);
  }

  private static CheckReport check(MemoryStorage storage, Repair repair) throws IOException {
    CheckReport report = new CheckReport(repair, (done, total) -> {});
    // Not closed: the storage is opened again.
    Image image = new VpcFormat().open(storage, TestImages.context(Map.of()));
    image.check(report);
    return report;
  }

  private static void assertMends(MemoryStorage storage, String expected) throws IOException {
    assertEquals(List.of(expected), check(storage, Repair.NONE).words());
    CheckReport report = check(storage, Repair.ALL);
    assertEquals(1, report.corruptionsFixed() + report.leaksFixed());
    assertEquals(0, report.corruptions() + report.leaks());
    assertEquals(0, check(storage, Repair.LEAKS).corruptions());
    assertEquals(List.of(), check(storage, Repair.NONE).words());
  }

  @ParameterizedTest
  @EnumSource(Repair.class)
  void soundImageIsLeftAlone(Repair repair) throws IOException {
    MemoryStorage storage = new MemoryStorage("t.vhd", builder(2, UNUSED, 1, 0).build());
    byte[] before = storage.content();
    CheckReport report = check(storage, repair);
    assertEquals(List.of(), report.words());
    assertEquals(4, report.totalUnits());
    assertEquals(3, report.allocatedUnits());
    assertEquals(2, report.fragmentedUnits());
    assertEquals(storage.size(), report.imageEndOffset());
    assertArrayEquals(before, storage.content());
  }

  @Test
  void damagedEntriesAreNotMended() throws IOException {
    MemoryStorage storage = new MemoryStorage("t.vhd", builder(2, 2, 90).build());
    byte[] before = storage.content();
    CheckReport report = check(storage, Repair.ALL);
    assertEquals(2, report.corruptions());
    assertEquals(0, report.corruptionsFixed());
    assertTrue(report.words().get(0).contains("expected a block that ends inside the file"));
    assertTrue(report.words().get(1).endsWith("is in use"), report.words().get(1));
    assertArrayEquals(before, storage.content());
  }

  @Test
  void missingFooterIsMendedFromItsCopy() throws IOException {
    byte[] image = builder(2, 1, 0).build(b -> b.put(b.capacity() - 512, new byte[512]));
    assertMends(
        new MemoryStorage("t.vhd", image),
        "ERROR the footer at the end of the file is missing or damaged");
  }

  @Test
  void damagedCopyIsMended() throws IOException {
    byte[] image = builder(2, 1, 0).build(b -> b.put(100, (byte) 1));
    assertMends(
        new MemoryStorage("t.vhd", image),
        "ERROR the copy of the footer at host offset 0 is damaged");
  }

  @Test
  void spaceBehindTheLastBlockIsALeak() throws IOException {
    MemoryStorage storage = new MemoryStorage("t.vhd", builder(0, UNUSED).build());
    assertMends(storage, "Leaked 9216 bytes between the last block and the footer");
    assertEquals(FIRST_BLOCK + VpcBuilder.BLOCK_ON_HOST + VpcFooter.BYTES, storage.size());
  }
}
