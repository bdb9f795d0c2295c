// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import static io.github.vdiskfs.format.vdi.VdiBuilder.BLOCK;
import static io.github.vdiskfs.format.vdi.VdiBuilder.DATA;
import static io.github.vdiskfs.format.vdi.VdiBuilder.FREE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

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

class VdiCheckerTest {
  private static MemoryStorage image(int counter, int... entries) {
    VdiBuilder builder = new VdiBuilder(entries, VdiBuilder.blocks(4, 1));
    return new MemoryStorage("t.vdi", builder.build(b -> b.putInt(388, counter)));
  }

  private static CheckReport check(MemoryStorage storage, Repair repair) throws IOException {
    CheckReport report = new CheckReport(repair, (done, total) -> {});
    // Not closed: the storage is opened again.
    Image image = new VdiFormat().open(storage, TestImages.context(Map.of()));
    image.check(report);
    return report;
  }

  private static void assertClean(MemoryStorage storage) throws IOException {
    assertEquals(List.of(), check(storage, Repair.NONE).words());
  }

  @ParameterizedTest
  @EnumSource(Repair.class)
  void soundImageIsLeftAlone(Repair repair) throws IOException {
    MemoryStorage storage = image(4, 3, FREE, 1, 0, 2);
    byte[] before = storage.content();
    CheckReport report = check(storage, repair);
    assertEquals(List.of(), report.words());
    assertEquals(5, report.totalUnits());
    assertEquals(4, report.allocatedUnits());
    assertEquals(3, report.fragmentedUnits());
    assertEquals(DATA + 4 * BLOCK, report.imageEndOffset());
    assertArrayEquals(before, storage.content());
  }

  @Test
  void damagedEntriesAreNotMended() throws IOException {
    MemoryStorage storage = image(4, 0, 0, 3, 9);
    byte[] before = storage.content();
    CheckReport report = check(storage, Repair.ALL);
    assertEquals(2, report.corruptions());
    assertEquals(0, report.corruptionsFixed());
    assertEquals(
        "ERROR block map entry 3 is 9, which lies outside of the file", report.words().get(0));
    assertEquals(
        "ERROR block map entry 1 is 0, as another entry already was", report.words().get(1));
    assertArrayEquals(before, storage.content());
  }

  @Test
  void lowCounterIsACorruption() throws IOException {
    MemoryStorage storage = image(1, 3, 2, 1, 0);
    CheckReport found = check(storage, Repair.LEAKS);
    assertEquals(List.of("ERROR cBlocksAllocated is 1, expected at least 4"), found.words());
    assertEquals(1, check(storage, Repair.ALL).corruptionsFixed());
    assertClean(storage);
  }

  @Test
  void highCounterIsALeak() throws IOException {
    MemoryStorage storage = image(9, 3, 2, 1, 0);
    assertEquals(1, check(storage, Repair.NONE).leaks());
    assertEquals(1, check(storage, Repair.LEAKS).leaksFixed());
    assertClean(storage);
  }

  @Test
  void gapsAreALeak() throws IOException {
    MemoryStorage storage = image(4, FREE, 3, 1);
    assertEquals(1, check(storage, Repair.NONE).leaks());
    assertEquals(1, check(storage, Repair.LEAKS).leaksFixed());
    assertClean(storage);
    assertEquals(DATA + 2 * BLOCK, storage.size());
    assertEquals(4, storage.content()[DATA]);
    assertEquals(2, storage.content()[DATA + BLOCK]);
  }
}
