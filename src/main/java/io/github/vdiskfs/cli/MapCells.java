// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;

/**
 * A disk cut into cells of one size, and what is in each. Its memory depends on the number of cells
 * alone.
 */
final class MapCells {
  /** No cell is smaller than a sector. */
  private static final long SECTOR_BYTES = 512;

  private final long sizeBytes;
  private final long cellBytes;
  private final int count;

  /** Of each kind, what is of it in each cell. */
  private final Map<MapKind, long[]> bytesOfKind = new EnumMap<>(MapKind.class);

  /**
   * @param sizeBytes the disk's size
   * @param most how many cells there may be, at least 2
   */
  MapCells(long sizeBytes, int most) {
    this.sizeBytes = sizeBytes;
    this.cellBytes = SECTOR_BYTES * Math.max(1, quotient(sizeBytes, most * SECTOR_BYTES));
    this.count = (int) quotient(sizeBytes, cellBytes);
    for (MapKind kind : MapKind.values()) {
      bytesOfKind.put(kind, new long[count]);
    }
  }

  /** Rounded up. */
  private static long quotient(long bytes, long unit) {
    return bytes / unit + (bytes % unit == 0 ? 0 : 1);
  }

  /** Adds a range of the disk. */
  void add(MapKind kind, long start, long length) {
    long[] cells = bytesOf(kind);
    long end = Math.min(sizeBytes, start + length);
    for (long at = start; at < end; ) {
      long bytes = Math.min(end - at, cellBytes - at % cellBytes);
      cells[(int) (at / cellBytes)] += bytes;
      at += bytes;
    }
  }

  private long[] bytesOf(MapKind kind) {
    return Objects.requireNonNull(bytesOfKind.get(kind));
  }

  /** How many cells there are; none on an empty disk. */
  int count() {
    return count;
  }

  /** Bytes that one cell stands for; the last one may stand for fewer. */
  long cellBytes() {
    return cellBytes;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  /** Bytes of a kind on the whole disk. */
  long total(MapKind kind) {
    return LongStream.of(bytesOf(kind)).sum();
  }

  /**
   * What a cell shows. Whatever is stored goes before zeroes, and zeroes before holes, however
   * little of it there is: a file of a megabyte in a disk of a terabyte is to be seen. Of stored
   * kinds the one that takes most of the cell is shown, of equals the first.
   */
  MapKind shown(int cell) {
    MapKind shown = bytesOf(MapKind.ZERO)[cell] > 0 ? MapKind.ZERO : MapKind.HOLE;
    long most = 0;
    for (MapKind kind : MapKind.values()) {
      long taken = bytesOf(kind)[cell];
      if (kind.isStored() && taken > most) {
        shown = kind;
        most = taken;
      }
    }
    return shown;
  }
}
