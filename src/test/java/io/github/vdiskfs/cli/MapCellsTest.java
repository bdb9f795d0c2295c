// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MapCellsTest {
  private static final long TIB = 1L << 40;

  private static List<MapKind> shown(MapCells cells) {
    return IntStream.range(0, cells.count()).mapToObj(cells::shown).toList();
  }

  @Test
  void anEmptyDiskHasNoCells() {
    MapCells cells = new MapCells(0, 100);
    assertEquals(0, cells.count());
    assertEquals(0, cells.total(MapKind.HOLE));
  }

  @Test
  void aSmallDiskHasACellForEachSector() {
    MapCells cells = new MapCells(512 * 3 + 1, 100);
    assertEquals(512, cells.cellBytes());
    assertEquals(4, cells.count());
    cells.add(MapKind.DATA, 1024, 513);
    assertEquals(List.of(MapKind.HOLE, MapKind.HOLE, MapKind.DATA, MapKind.DATA), shown(cells));
  }

  @Test
  void thereAreNeverMoreCellsThanAskedFor() {
    for (long size : new long[] {1, 511, 512, 99 * 512, 100 * 512, 100 * 512 + 1, 64 * TIB + 7}) {
      MapCells cells = new MapCells(size, 100);
      assertTrue(cells.count() <= 100, size + " bytes in " + cells.count());
      assertTrue(cells.count() * cells.cellBytes() >= size, size + " bytes are covered");
      cells.add(MapKind.DATA, 0, size);
      assertEquals(size, cells.total(MapKind.DATA));
      assertEquals(List.of(MapKind.DATA), shown(cells).stream().distinct().toList());
    }
  }

  @Test
  void theLargestDiskIsFilled() {
    MapCells cells = new MapCells(Long.MAX_VALUE, 568);
    assertTrue(cells.count() <= 568 && cells.count() > 560, cells.count() + " cells");
    cells.add(MapKind.ZERO, 0, Long.MAX_VALUE);
    assertEquals(MapKind.ZERO, cells.shown(cells.count() - 1));
  }

  @Test
  void aRangeGoesToTheCellsThatItTouches() {
    MapCells cells = new MapCells(4 * 1024, 4);
    cells.add(MapKind.COMPRESSED, 1023, 1026);
    assertEquals(
        List.of(MapKind.COMPRESSED, MapKind.COMPRESSED, MapKind.COMPRESSED, MapKind.HOLE),
        shown(cells));
    assertEquals(1026, cells.total(MapKind.COMPRESSED));
  }

  @Test
  void whatIsStoredShowsHoweverLittle() {
    MapCells cells = new MapCells(64 * TIB, 2);
    cells.add(MapKind.ZERO, 0, 16 * TIB);
    cells.add(MapKind.DATA, 16 * TIB, 1);
    cells.add(MapKind.HOLE, 16 * TIB + 1, 48 * TIB - 1);
    assertEquals(List.of(MapKind.DATA, MapKind.HOLE), shown(cells));
  }

  @Test
  void zeroesGoBeforeHoles() {
    MapCells cells = new MapCells(1024, 1);
    cells.add(MapKind.HOLE, 0, 1000);
    cells.add(MapKind.ZERO, 1000, 24);
    assertEquals(MapKind.ZERO, cells.shown(0));
  }

  @Test
  void ofStoredKindsTheMostFrequentShows() {
    MapCells cells = new MapCells(3 * 1024, 3);
    cells.add(MapKind.DATA, 0, 100);
    cells.add(MapKind.BACKING, 100, 200);
    cells.add(MapKind.COMPRESSED, 300, 150);
    cells.add(MapKind.DATA, 1024, 100);
    cells.add(MapKind.COMPRESSED, 1124, 100);
    cells.add(MapKind.BACKING, 2048, 5);
    cells.add(MapKind.ZERO, 2053, 900);
    assertEquals(List.of(MapKind.BACKING, MapKind.DATA, MapKind.BACKING), shown(cells));
  }
}
