// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import java.util.ArrayList;
import java.util.List;

/** The parts of the file that no block may touch: header, BAT, footers and parent locators. */
final class TableAreas {
  /** Host bytes {@code [start, end)}. */
  private record Area(String name, long start, long end) {
    boolean overlaps(long otherStart, long otherEnd) {
      return start < otherEnd && otherStart < end;
    }
  }

  private final List<Area> areas = new ArrayList<>();

  TableAreas(VpcState state) {
    DynamicHeader header = state.header();
    long headerOffset = state.footer().dataOffset();
    long footerOffset = state.footer().hostOffset();
    add("the footer's copy", 0, VpcFooter.BYTES);
    add("the header", headerOffset, DynamicHeader.BYTES);
    add("the BAT", header.tableOffset(), header.maxTableEntries() * Integer.BYTES);
    add("the footer", footerOffset, VpcFooter.BYTES);
    for (ParentLocator locator : header.locators()) {
      if (state.hasParent() && locator.isInside(footerOffset)) {
        add("a parent locator", locator.hostOffset(), locator.lengthBytes());
      }
    }
  }

  private void add(String name, long start, long bytes) {
    areas.add(new Area(name, start, start + bytes));
  }

  /** What two of them share a part of the file, in words, or an empty text. */
  String overlap() {
    for (int i = 0; i < areas.size(); i++) {
      for (int j = 0; j < i; j++) {
        Area one = areas.get(j);
        Area other = areas.get(i);
        if (one.overlaps(other.start(), other.end()) && !one.name().equals(other.name())) {
          return other.name() + " that overlaps " + one.name();
        }
      }
    }
    return "";
  }

  /** The name of one that host bytes {@code [start, end)} touch, or an empty text. */
  String touchedBy(long start, long end) {
    for (Area area : areas) {
      if (area.overlaps(start, end)) {
        return area.name();
      }
    }
    return "";
  }
}
