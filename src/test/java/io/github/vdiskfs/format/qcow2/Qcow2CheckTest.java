// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.CheckReport.Repair;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.storage.MemoryFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Qcow2CheckTest {
  private static final int INCOMPATIBLE_AT = 72;
  private static final int L1_TABLE_OFFSET_AT = 40;
  private static final int REFCOUNT_TABLE_OFFSET_AT = 48;
  private static final int CLUSTER = 1024;

  private final MemoryFolder folder = new MemoryFolder();
  private ByteBuffer bytes = ByteBuffer.allocate(0);

  private void load(String name) throws IOException {
    bytes = ByteBuffer.wrap(WriteGeometries.bytes(name));
  }

  private CheckReport check(Repair repair) throws IOException {
    folder.putAll(Map.of("disk", bytes.array().clone()));
    CheckReport report = new CheckReport(repair, (done, total) -> {});
    ImageFormat.Context context = new ImageFormat.Context(folder, new TableCache(1 << 20));
    try (Image image = new Qcow2Format().open(folder.open("disk"), context)) {
      image.check(report);
    }
    bytes = ByteBuffer.wrap(folder.contents().get("disk"));
    return report;
  }

  private void assertMended(String expected) throws IOException {
    byte[] damaged = bytes.array().clone();
    CheckReport found = check(Repair.NONE);
    assertTrue(found.corruptions() > 0, "not found");
    assertTrue(found.words().toString().contains(expected), () -> found.words().toString());
    assertArrayEquals(damaged, bytes.array(), "a check without repair changes nothing");
    CheckReport mended = check(Repair.ALL);
    assertEquals(0, mended.corruptions(), () -> mended.words().toString());
    assertTrue(mended.corruptionsFixed() > 0);
    CheckReport after = check(Repair.NONE);
    assertEquals(0, after.corruptions() + after.leaks(), () -> after.words().toString());
  }

  private int l1() {
    return (int) bytes.getLong(L1_TABLE_OFFSET_AT);
  }

  private int l2() {
    return (int) Qcow2Layout.l2TableOffset(bytes.getLong(l1()));
  }

  private int refcountBlock() {
    return (int) bytes.getLong((int) bytes.getLong(REFCOUNT_TABLE_OFFSET_AT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "snapshots.qcow2",
        "snapshots-v2.qcow2",
        "snapshots-extended.qcow2",
        "packed.qcow2",
        "packed-snapshots.qcow2",
        "packed-extended.qcow2",
        "many-snapshots.qcow2",
        "bitmaps.qcow2"
      })
  void soundImagesAreClean(String name) throws IOException {
    load(name);
    CheckReport report = check(Repair.NONE);
    assertEquals(
        0,
        report.corruptions() + report.leaks() + report.errors(),
        () -> report.words().toString());
    assertTrue(report.allocatedUnits() > 0);
    assertTrue(report.imageEndOffset() >= bytes.capacity() - 65536L);
  }

  @Test
  void countsAreThoseOfQemu() throws IOException {
    load("packed.qcow2");
    CheckReport report = check(Repair.NONE);
    assertEquals(75, report.totalUnits());
    assertEquals(10, report.allocatedUnits());
    assertEquals(10, report.fragmentedUnits());
    assertEquals(10, report.compressedUnits());
  }

  /** 200 snapshots, and QEMU's words on the same damage to what they share. */
  @Test
  void referencesOfManySnapshotsAreCounted() throws IOException {
    load("many-snapshots.qcow2");
    int table = refcountOf(l2());
    int data = refcountOf((int) Qcow2Layout.clusterOffset(bytes.getLong(l2() + 8)));
    assertEquals(181, bytes.getShort(table));
    assertEquals(201, bytes.getShort(data));
    bytes.putShort(table, (short) 2).putShort(data, (short) 300);
    CheckReport found = check(Repair.NONE);
    assertEquals(1, found.corruptions(), () -> found.words().toString());
    assertEquals(1, found.leaks(), () -> found.words().toString());
    check(Repair.ALL);
    assertEquals(181, bytes.getShort(table));
    assertEquals(201, bytes.getShort(data));
  }

  private int refcountOf(int hostOffset) {
    int cluster = hostOffset >>> bytes.getInt(20);
    int perBlock = (1 << bytes.getInt(20)) / Short.BYTES;
    int entry = (int) bytes.getLong(REFCOUNT_TABLE_OFFSET_AT) + cluster / perBlock * Long.BYTES;
    return (int) bytes.getLong(entry) + cluster % perBlock * Short.BYTES;
  }

  /** An L2 table that all snapshots share is looked at once: its damage is told once. */
  @Test
  void aSharedTableIsLookedAtOnce() throws IOException {
    load("many-snapshots.qcow2");
    int entry = l2() + 8;
    bytes.putLong(entry, bytes.getLong(entry) | 2);
    CheckReport found = check(Repair.NONE);
    assertEquals(1, found.corruptions(), () -> found.words().toString());
  }

  @Test
  void refcountTooLowIsCorrectedInPlace() throws IOException {
    load("snapshots.qcow2");
    int data = (int) (Qcow2Layout.clusterOffset(bytes.getLong(l2() + 8)) / CLUSTER);
    bytes.putShort(refcountBlock() + 2 * data, (short) 1);
    assertMended("cluster " + data + " refcount=1 reference=3");
  }

  @Test
  void missingBlockIsBuiltAnew() throws IOException {
    load("snapshots.qcow2");
    bytes.putLong((int) bytes.getLong(REFCOUNT_TABLE_OFFSET_AT), 0);
    assertMended("cluster 0 refcount=0 reference=1");
  }

  @Test
  void blockThatIsDataAsWellIsBuiltAnew() throws IOException {
    load("snapshots.qcow2");
    bytes.putLong((int) bytes.getLong(REFCOUNT_TABLE_OFFSET_AT), l1());
    assertMended("refcount block 0 has 2 references");
  }

  @ParameterizedTest
  @CsvSource({"513, is not cluster aligned", "1073741824, is outside of the file"})
  void impossibleBlockOffsetIsBuiltAnew(long entry, String expected) throws IOException {
    load("packed.qcow2");
    bytes.putLong((int) bytes.getLong(REFCOUNT_TABLE_OFFSET_AT), entry);
    assertMended(expected);
  }

  @Test
  void wrongFlagsAreCorrected() throws IOException {
    load("snapshots.qcow2");
    bytes.putLong(l1(), bytes.getLong(l1()) ^ Long.MIN_VALUE);
    bytes.putLong(l2() + 8, bytes.getLong(l2() + 8) ^ Long.MIN_VALUE);
    assertMended("flagged as having the only reference");
  }

  @ParameterizedTest
  @ValueSource(strings = {"LEAKS", "ALL"})
  void leaksAreGivenBack(Repair repair) throws IOException {
    load("packed.qcow2");
    bytes.putShort(refcountBlock() + 2 * 2, (short) 9);
    CheckReport found = check(Repair.NONE);
    assertEquals(1, found.leaks());
    assertEquals(0, found.corruptions());
    assertEquals(1, check(repair).leaksFixed());
    assertEquals(0, check(Repair.NONE).leaks());
  }

  @Test
  void onlyLeaksAreMendedWhereOnlyTheyShallBe() throws IOException {
    load("packed.qcow2");
    bytes.putShort(refcountBlock() + 2 * 2, (short) 9);
    bytes.putShort(refcountBlock(), (short) 0);
    CheckReport report = check(Repair.LEAKS);
    assertEquals(1, report.leaksFixed());
    assertTrue(report.corruptions() > 0);
    assertTrue(check(Repair.NONE).corruptions() > 0);
  }

  @Test
  void flagsAreMendedWithTheLeaksWhereRefcountsAreRight() throws IOException {
    load("snapshots.qcow2");
    bytes.putLong(l1(), bytes.getLong(l1()) ^ Long.MIN_VALUE);
    assertEquals(1, check(Repair.LEAKS).corruptionsFixed());
    assertEquals(0, check(Repair.NONE).corruptions());
  }

  @Test
  void flagsAreLeftAloneWhereRefcountsAreNotRight() throws IOException {
    load("snapshots.qcow2");
    bytes.putShort(refcountBlock(), (short) 0);
    long flipped = bytes.getLong(l1()) ^ Long.MIN_VALUE;
    bytes.putLong(l1(), flipped);
    assertEquals(0, check(Repair.LEAKS).corruptionsFixed());
    assertEquals(flipped, bytes.getLong(l1()));
  }

  @ParameterizedTest
  @CsvSource({
    "8000000000000200, is not cluster aligned",
    "8000000040000000, past the end of the file",
    "0400000000000000, has reserved bits set",
    "C000000000000000, is compressed and flagged as copied",
    "4000000000000003, cannot be unpacked"
  })
  void damagedEntriesAreFound(String entry, String expected) throws IOException {
    load("snapshots.qcow2");
    bytes.putLong(l2() + 16, Long.parseUnsignedLong(entry, 16));
    CheckReport report = check(Repair.NONE);
    assertTrue(report.corruptions() > 0);
    assertTrue(report.words().toString().contains(expected), () -> report.words().toString());
  }

  @Test
  void dataInATableIsFoundEvenWhereCountsAgree() throws IOException {
    load("snapshots.qcow2");
    long before = Qcow2Layout.clusterOffset(bytes.getLong(l2() + 16));
    bytes.putLong(l2() + 16, l1());
    bytes.putShort(refcountBlock() + 2 * (l1() / CLUSTER), (short) 2);
    int old = refcountBlock() + 2 * (int) (before / CLUSTER);
    bytes.putShort(old, (short) (bytes.getShort(old) - 1));
    CheckReport report = check(Repair.NONE);
    assertEquals(1, report.corruptions(), () -> report.words().toString());
    assertTrue(report.words().get(0).contains("both metadata and guest data"));
  }

  @Test
  void dataInARefcountBlockIsMendedWithOneRepair() throws IOException {
    load("snapshots.qcow2");
    bytes.putLong(l2() + 16, refcountBlock());
    assertTrue(check(Repair.NONE).corruptions() > 0);
    CheckReport report = check(Repair.ALL);
    assertEquals(0, report.corruptions(), () -> report.words().toString());
    assertTrue(report.corruptionsFixed() > 0);
    assertEquals(0, check(Repair.NONE).corruptions());
  }

  @Test
  void packedDataIsUnpacked() throws IOException {
    load("packed.qcow2");
    bytes.put((int) (bytes.getLong(l2()) & 0xFFFFFF) + 5, new byte[20]);
    CheckReport report = check(Repair.NONE);
    assertTrue(report.words().toString().contains("cannot be unpacked"));
  }

  @Test
  void dirtyAndCorruptMarksKeepWritersOutUntilMended() throws IOException {
    load("packed.qcow2");
    for (long mark : new long[] {1, 2, 3}) {
      bytes.putLong(INCOMPATIBLE_AT, mark);
      folder.putAll(Map.of("disk", bytes.array().clone()));
      ImageFormat.Context context = new ImageFormat.Context(folder, new TableCache(1 << 20));
      try (Image image = new Qcow2Format().open(folder.open("disk"), context)) {
        ImageException e = assertThrows(ImageException.class, image::writer);
        assertEquals(ImageException.Kind.READ_ONLY, e.kind());
        assertTrue(String.valueOf(e.getMessage()).contains("vdiskfs check -r all"));
      }
      check(Repair.ALL);
      assertEquals(0, bytes.getLong(INCOMPATIBLE_AT));
    }
  }
}
