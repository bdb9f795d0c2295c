// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows in columns as wide as their widest cell; numbers stand on the right. */
final class TextTable {
  private final List<String[]> rows = new ArrayList<>();
  private final boolean[] right;

  /**
   * @param titles a title that starts with {@code >} makes its column stand on the right
   */
  TextTable(String... titles) {
    this.right = new boolean[titles.length];
    String[] plain = new String[titles.length];
    for (int i = 0; i < titles.length; i++) {
      right[i] = titles[i].startsWith(">");
      plain[i] = right[i] ? titles[i].substring(1) : titles[i];
    }
    rows.add(plain);
  }

  /** Adds a row with as many cells as there are titles. */
  void row(String... cells) {
    rows.add(Arrays.stream(cells).map(Words::printable).toArray(String[]::new));
  }

  void print(PrintWriter out) {
    int[] width = new int[right.length];
    for (String[] row : rows) {
      for (int i = 0; i < width.length; i++) {
        width[i] = Math.max(width[i], length(row[i]));
      }
    }
    rows.forEach(row -> out.println(line(row, width)));
  }

  private String line(String[] row, int[] width) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < width.length; i++) {
      String pad = " ".repeat(width[i] - length(row[i]));
      line.append(i == 0 ? "" : "  ").append(right[i] ? pad + row[i] : row[i] + pad);
    }
    return line.toString().stripTrailing();
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
