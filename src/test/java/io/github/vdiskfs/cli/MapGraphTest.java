// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.disk.DiskMap.Range;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class MapGraphTest {
  private static final int KIB = 1024;
  private static final MapScreen PLAIN = new MapScreen(29, false, false);

  private static List<String> lines(MapCells cells, MapScreen screen) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    MapGraph.print(cells, screen, out);
    out.flush();
    return text.toString().lines().toList();
  }

  private static MapCells fiveKinds(MapScreen screen) {
    MapCells cells = MapGraph.cells(40 * KIB, screen, 2);
    int at = 0;
    for (MapKind kind : MapKind.values()) {
      cells.add(kind, at, 8 * KIB);
      at += 8 * KIB;
    }
    return cells;
  }

  @Test
  void linesAreAsWideAsTheScreenAndBeginWithTheirOffset() {
    List<String> lines = lines(fiveKinds(PLAIN), PLAIN);
    assertEquals("     0 B ########%%%%%%%%====", lines.get(0));
    assertEquals("  20 KiB ====00000000........", lines.get(1));
    assertTrue(lines.get(2).startsWith("each cell is 1 KiB of 40 KiB"), lines.get(2));
  }

  @Test
  void theLegendNamesEachKindWithItsSum() {
    List<String> lines = lines(fiveKinds(PLAIN), PLAIN);
    assertEquals(
        List.of(
            "# data 8 KiB (20%)",
            "% compressed 8 KiB (20%)",
            "= backing 8 KiB (20%)",
            "0 zero 8 KiB (20%)",
            ". hole 8 KiB (20%)"),
        lines.subList(3, lines.size()));
  }

  @Test
  void aWideLegendIsOneLine() {
    MapScreen wide = new MapScreen(200, false, true);
    List<String> lines = lines(fiveKinds(wide), wide);
    String legend = lines.get(lines.size() - 1);
    assertTrue(legend.matches("\u2588 data .* {3}\u2593 compressed .* {3}\u00b7 hole .*"), legend);
  }

  @Test
  void coloursEndWithTheirCells() {
    MapScreen coloured = new MapScreen(29, true, false);
    List<String> lines = lines(fiveKinds(coloured), coloured);
    assertEquals(
        "     0 B \u001b[32m########\u001b[0m\u001b[36m%%%%%%%%\u001b[0m\u001b[33m====\u001b[0m",
        lines.get(0));
    assertEquals("\u001b[32m#\u001b[0m data 8 KiB (20%)", lines.get(3));
  }

  @Test
  void anEmptyDiskIsCalledSo() {
    assertEquals(List.of("an empty disk: 0 B"), lines(MapGraph.cells(0, PLAIN, 8), PLAIN));
  }

  @Test
  void aLittleIsNotCalledNothing() {
    MapCells cells = MapGraph.cells(1L << 46, PLAIN, 1);
    cells.add(MapKind.DATA, 0, 65536);
    assertTrue(lines(cells, PLAIN).contains("# data 64 KiB (<1%)"));
    assertEquals("     0 B #...................", lines(cells, PLAIN).get(0));
  }

  private static MapKind kind(int depth, boolean zero, boolean data, boolean packed, boolean raw) {
    return MapKind.of(new Range(0, 1, depth, true, zero, data, packed, -1, ""), raw);
  }

  @Test
  void kindsFollowTheMap() {
    Range nothing = new Range(0, 1, 3, false, true, false, false, -1, "");
    assertEquals(MapKind.HOLE, MapKind.of(nothing, false));
    assertEquals(MapKind.DATA, kind(0, false, true, false, false));
    assertEquals(MapKind.COMPRESSED, kind(0, false, true, true, false));
    assertEquals(MapKind.BACKING, kind(1, false, true, true, false));
    assertEquals(MapKind.ZERO, kind(0, true, false, false, false));
    assertEquals(MapKind.ZERO, kind(2, true, false, false, false));
    assertEquals(MapKind.HOLE, kind(0, true, false, false, true), "a hole of a raw file");
    assertEquals(MapKind.HOLE, kind(0, true, true, false, false), "a hole of a flat extent");
  }
}
