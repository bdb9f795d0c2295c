// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import java.util.ArrayList;
import java.util.List;

/**
 * Host units of one size, of which no two overlap. They usually start at multiples of their size
 * plus the same rest, which makes the set cheap; a few different rests are allowed.
 */
public final class UnitSet {
  /** Each rest costs a look-up for every unit. */
  private static final int MAX_RESTS = 8;

  /** The units that start at a multiple of the size plus {@code rest}, by that multiple. */
  private record Row(long rest, SparseBits units) {}

  private final long unitSectors;
  private final List<Row> rows = new ArrayList<>();

  /**
   * @param unitSectors size of a unit, in whatever the places of units are counted in
   */
  public UnitSet(long unitSectors) {
    this.unitSectors = unitSectors;
  }

  /**
   * Adds the unit that starts at a sector; false where it overlaps with another one.
   *
   * @throws ImageException of kind {@code UNSUPPORTED} where that takes too much memory
   */
  public boolean add(long sector) throws ImageException {
    if (touches(sector, sector + unitSectors)) {
      return false;
    }
    return row(sector % unitSectors).units().add(sector / unitSectors);
  }

  private Row row(long rest) throws ImageException {
    for (Row row : rows) {
      if (row.rest() == rest) {
        return row;
      }
    }
    if (rows.size() == MAX_RESTS) {
      throw new ImageException(
          ImageException.Kind.UNSUPPORTED,
          "units at more than " + MAX_RESTS + " different alignments");
    }
    Row made = new Row(rest, new SparseBits());
    rows.add(made);
    return made;
  }

  /** True where one of the sectors from {@code from} to {@code end - 1} belongs to a unit. */
  public boolean touches(long from, long end) {
    for (Row row : rows) {
      long first = Math.floorDiv(from - unitSectors - row.rest(), unitSectors) + 1;
      long last = Math.floorDiv(end - 1 - row.rest(), unitSectors);
      if (row.units().containsAny(Math.max(0, first), last + 1)) {
        return true;
      }
    }
    return false;
  }
}
