// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException.Kind;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.ImageWriter;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.FilterStorage;
import io.github.vdiskfs.storage.MemoryStorage;
import io.github.vdiskfs.storage.StorageOpener;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SparseExtentTest {
  private static final byte[] SPARSE = Samples.bytes("sparse.vmdk");

  private static String show(Extent e) {
    String where = e.storage() == null ? "" : " @" + e.hostOffset();
    return e.kind() + " " + e.length() + where + (e.skip() == 0 ? "" : " +" + e.skip());
  }

  private static List<String> map(byte[] bytes) throws IOException {
    List<String> map = new ArrayList<>();
    try (Image image = Samples.open(bytes)) {
      for (long at = 0; at < image.size(); ) {
        Extent e = image.map(at, image.size() - at);
        map.add(show(e));
        at += e.length();
      }
    }
    return map;
  }

  /** A grain table entry of sparse.vmdk changed to another sector. */
  private static byte[] withGrain(int grain, long sector) {
    int table = Samples.FIRST_GT_SECTOR + grain / 16;
    return Samples.patched(SPARSE, table * 512 + grain % 16 * 4, 4, sector);
  }

  private static byte[] withTable(byte[] bytes, int directory, int gdIndex, long sector) {
    return Samples.patched(bytes, directory * 512 + gdIndex * 4, 4, sector);
  }

  @Test
  void grainsThatFollowEachOtherAreOneExtent() throws IOException {
    assertEquals(
        List.of(
            "DATA 4096 @23040",
            "DATA 12288 @6656",
            "BACKING 49152",
            "BACKING 16384",
            "DATA 4096 @18944",
            "BACKING 45056",
            "BACKING 65536",
            "BACKING 32768",
            "DATA 1024 @27136"),
        map(SPARSE));
  }

  @Test
  void zeroedGrainsAreZeroWhereTheFlagSaysSo() throws IOException {
    byte[] zeroed = Samples.bytes("zeroed.vmdk");
    assertEquals(
        List.of(
            "DATA 4096 @4608",
            "ZERO 8192",
            "BACKING 4096",
            "DATA 8192 @8704",
            "BACKING 40960",
            "BACKING 20480",
            "ZERO 4096",
            "BACKING 40960"),
        map(zeroed));
    try (Image image = Samples.open(Samples.patched(zeroed, 8, 4, 3))) {
      Samples.refused(Kind.CORRUPT, "zeroed grain", () -> image.map(4096, 1));
      assertEquals("DATA 4096 @4608", show(image.map(0, 1 << 20)));
    }
  }

  @Test
  void compressedGrainsComeOneByOne() throws IOException {
    List<String> map = map(Samples.bytes("stream.vmdk"));
    assertEquals("COMPRESSED 8192 @1536", map.get(0));
    assertEquals(6, map.size(), map.toString());
    try (Image image = Samples.open(Samples.bytes("stream.vmdk"))) {
      assertEquals("COMPRESSED 100 @1536 +4096", show(image.map(4096, 100)));
    }
  }

  @Test
  void runsOfUnallocatedTablesAreOneExtent() throws IOException {
    byte[] empty = SPARSE;
    for (int i = 0; i < 4; i++) {
      empty = withTable(empty, Samples.GD_SECTOR, i, 0);
      empty = withTable(empty, Samples.RGD_SECTOR, i, 0);
    }
    assertEquals(List.of("BACKING 230400"), map(empty));
    try (Image image = Samples.open(empty)) {
      assertEquals("BACKING 100000", show(image.map(5000, 100_000)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "61, 'grain at sector 61, which ends past the end of the file (31232 bytes)'",
    "0xFFFFFFFF, grain at sector 4294967295",
    "1, zeroed grain",
  })
  void aBadGrainSpoilsItsOwnRange(String sector, String words) throws IOException {
    try (Image image = Samples.open(withGrain(2, Long.decode(sector)))) {
      assertEquals("DATA 4096 @6656", show(image.map(4096, 1 << 20)));
      Samples.refused(Kind.CORRUPT, words, () -> image.map(8192, 1));
      Samples.refused(Kind.CORRUPT, "at host offset 4616: ", () -> image.map(12287, 1));
      assertEquals("DATA 4096 @14848", show(image.map(12288, 1 << 20)));
    }
  }

  @Test
  void aGrainThatTheFileCutsIsReadableToTheEndOfTheFile() throws IOException {
    byte[] cut = Arrays.copyOf(SPARSE, 27136 + 600);
    try (Image image = Samples.open(cut)) {
      assertEquals("DATA 600 @27136", show(image.map(229376, 1024)));
      Samples.refused(Kind.CORRUPT, "past the end", () -> image.map(229376 + 600, 424));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Samples.GD_SECTOR, Samples.RGD_SECTOR})
  void aDirectoryOfZeroesIsMadeUpForByTheOther(int directory) throws IOException {
    byte[] damaged = SPARSE.clone();
    Arrays.fill(damaged, directory * 512, (directory + 1) * 512, (byte) 0);
    assertEquals(map(SPARSE), map(damaged));
    MemoryStorage file = new MemoryStorage("x.vmdk", damaged.clone());
    try (Image image = new VmdkFormat().open(file, TestImages.context(Map.of()))) {
      image.writer().zero(4096, 4096);
      image.writer().flush();
    }
    try (Image image = Samples.open(SPARSE);
        Image written = Samples.open(file.content())) {
      assertEquals(show(image.map(0, 4096)), show(written.map(0, 4096)));
      assertEquals(Extent.Kind.BACKING, written.map(4096, 4096).kind());
      assertEquals(show(image.map(81920, 4096)), show(written.map(81920, 4096)));
      CheckReport report = new CheckReport(CheckReport.Repair.NONE, (done, total) -> {});
      written.check(report);
      assertEquals(0, report.corruptions() + report.leaks());
    }
  }

  /** Looks at the disk whenever a redundant table is read. */
  private static final class Looking extends FilterStorage {
    private final Set<String> seen = new HashSet<>();
    private @Nullable Image image;
    private boolean looks;

    Looking(byte[] bytes) {
      super(new MemoryStorage("x.vmdk", bytes));
    }

    @Override
    public void read(ByteBuffer target, long offset) throws IOException {
      super.read(target, offset);
      long sector = offset / 512;
      Image disk = image;
      if (disk != null && !looks && Samples.RGD_SECTOR < sector && sector < Samples.GD_SECTOR) {
        looks = true;
        seen.add(show(disk.map(0, 4096)));
        looks = false;
      }
    }
  }

  @Test
  void aTableThatIsMadeAnewIsSeenWithItsGrains() throws IOException {
    byte[] damaged = SPARSE.clone();
    Arrays.fill(damaged, Samples.GD_SECTOR * 512, (Samples.GD_SECTOR + 1) * 512, (byte) 0);
    Looking file = new Looking(damaged);
    StorageOpener nothing = TestImages.context(Map.of()).opener();
    ImageFormat.Context noCache = new ImageFormat.Context(nothing, new TableCache(0));
    try (Image image = new VmdkFormat().open(file, noCache)) {
      ImageWriter writer = image.writer();
      file.image = image;
      writer.zero(4096, 4096);
    }
    assertEquals(Set.of("DATA 4096 @23040"), file.seen);
  }

  @ParameterizedTest
  @CsvSource({"61, 31232", "0xFFFFFFFF, 2199023255040"})
  void theRedundantTableIsUsedWhereTheFirstIsOutside(String sector, long hostOffset)
      throws IOException {
    byte[] damaged = withTable(SPARSE, Samples.GD_SECTOR, 1, Long.decode(sector));
    List<String> warnings =
        Samples.warnings(GrainTables.class, () -> List.of(map(damaged), map(damaged)));
    assertEquals(2, warnings.size(), "one for each opening: " + warnings);
    assertEquals(map(SPARSE), map(damaged));
    byte[] both = withTable(damaged, Samples.RGD_SECTOR, 1, 61);
    try (Image image = Samples.open(both)) {
      Samples.refused(Kind.CORRUPT, "grain table at " + hostOffset, () -> image.map(65536, 1));
      assertEquals("DATA 4096 @23040", show(image.map(0, 1 << 20)));
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "0x3D", "0x4000000000000000", "0x8000000000000001"})
  void theRedundantDirectoryIsUsedWhereTheFirstIsOutside(String sector) throws IOException {
    long gdOffset = new BigInteger(sector.replace("0x", ""), 16).longValue();
    byte[] damaged = Samples.patched(SPARSE, 56, 8, gdOffset);
    assertEquals(map(SPARSE), map(damaged));
    byte[] noFlag = Samples.patched(damaged, 8, 4, 1);
    Samples.refused(Kind.CORRUPT, "gdOffset is", () -> Samples.open(noFlag));
    byte[] both = Samples.patched(damaged, 48, 8, 61);
    Samples.refused(Kind.CORRUPT, "gdOffset is", () -> Samples.open(both));
  }
}
