// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.util.Map;
import java.util.TreeMap;

/** Ranges of a disk that something was read from. */
public final class Footprint {
  private final TreeMap<Long, Long> endByStart = new TreeMap<>();

  /** Adds {@code [start, end)}. */
  void add(long start, long end) {
    long from = start;
    long until = end;
    Map.Entry<Long, Long> near = endByStart.floorEntry(until);
    while (near != null && near.getValue() >= from) {
      from = Math.min(from, near.getKey());
      until = Math.max(until, near.getValue());
      endByStart.remove(near.getKey());
      near = endByStart.floorEntry(until);
    }
    endByStart.put(from, until);
  }

  /** True where a byte of {@code [start, end)} was read. */
  public boolean touches(long start, long end) {
    Map.Entry<Long, Long> last = start < end ? endByStart.lowerEntry(end) : null;
    return last != null && last.getValue() > start;
  }
}
