// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A picture of a disk: lines of cells, each line with the offset at which it begins; below them the
 * scale, and a legend with the sum of each kind.
 */
final class MapGraph {
  /** Offsets take up to eight characters, and one stands between them and the cells. */
  private static final int LABEL_COLUMNS = 9;

  private static final String RESET = "\u001b[0m";

  private final MapCells cells;
  private final MapScreen screen;

  private MapGraph(MapCells cells, MapScreen screen) {
    this.cells = cells;
    this.screen = screen;
  }

  /**
   * The cells of a picture that fills the width of a screen.
   *
   * @param rows how many lines of cells, at most
   */
  static MapCells cells(long sizeBytes, MapScreen screen, int rows) {
    return new MapCells(sizeBytes, width(screen) * rows);
  }

  private static int width(MapScreen screen) {
    return screen.columns() - LABEL_COLUMNS;
  }

  /** Draws cells that were made for the screen. */
  static void print(MapCells cells, MapScreen screen, PrintWriter out) {
    new MapGraph(cells, screen).print(out);
  }

  private void print(PrintWriter out) {
    if (cells.count() == 0) {
      out.println("an empty disk: 0 B");
      return;
    }
    int width = width(screen);
    for (int first = 0; first < cells.count(); first += width) {
      String label = Sizes.human(first * cells.cellBytes());
      int end = Math.min(cells.count(), first + width);
      out.printf("%" + (LABEL_COLUMNS - 1) + "s %s%n", label, row(first, end));
    }
    out.println(
        "each cell is "
            + Sizes.human(cells.cellBytes())
            + " of "
            + Sizes.human(cells.sizeBytes())
            + "; what is stored shows before zeroes and holes");
    legend().forEach(out::println);
  }

  /** Cells of a kind that stand together share one colour sequence. */
  private String row(int first, int end) {
    StringBuilder row = new StringBuilder();
    for (int cell = first; cell < end; ) {
      MapKind kind = cells.shown(cell);
      int next = cell + 1;
      while (next < end && cells.shown(next) == kind) {
        next++;
      }
      row.append(painted(kind, kind.glyph(screen.unicode()).repeat(next - cell)));
      cell = next;
    }
    return row.toString();
  }

  private String painted(MapKind kind, String text) {
    return screen.colours() ? "\u001b[" + kind.colour() + "m" + text + RESET : text;
  }

  /** As many kinds on a line as fit. */
  private List<String> legend() {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    int columns = 0;
    for (MapKind kind : MapKind.values()) {
      String words = " " + kind.word() + " " + share(cells.total(kind));
      int needed = 1 + words.length();
      if (columns > 0 && columns + 3 + needed > screen.columns()) {
        lines.add(line.toString());
        line.setLength(0);
        columns = 0;
      }
      line.append(columns > 0 ? "   " : "");
      line.append(painted(kind, kind.glyph(screen.unicode()))).append(words);
      columns += (columns > 0 ? 3 : 0) + needed;
    }
    lines.add(line.toString());
    return lines;
  }

  /** {@code 1.5 GiB (12%)}; a little is never called nothing. */
  private String share(long bytes) {
    double percent = 100.0 * bytes / cells.sizeBytes();
    String words = String.format(Locale.ROOT, "%.0f", percent);
    boolean little = bytes > 0 && words.equals("0");
    return Sizes.human(bytes) + " (" + (little ? "<1" : words) + "%)";
  }
}
