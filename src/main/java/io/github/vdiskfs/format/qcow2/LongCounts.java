// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import java.util.Arrays;

/** Counts by non-negative number, as many of them as there is room for; takes 24 bytes each. */
final class LongCounts {
  private static final long EMPTY = -1;

  private final int most;
  private long[] keys = newKeys(1 << 6);
  private int[] counts = new int[keys.length];
  private int size;

  /**
   * @param most numbers that are counted; those that come later are not
   */
  LongCounts(int most) {
    this.most = most;
  }

  private static long[] newKeys(int length) {
    long[] made = new long[length];
    Arrays.fill(made, EMPTY);
    return made;
  }

  /** Counts a number, where it is known already or there is room. */
  void add(long key) {
    int at = slotOf(key);
    if (keys[at] == key) {
      counts[at]++;
    } else if (size < most) {
      keys[at] = key;
      counts[at] = 1;
      size++;
      if (size > keys.length / 2) {
        grow();
      }
    }
  }

  private void grow() {
    long[] keysBefore = keys;
    int[] countsBefore = counts;
    keys = newKeys(keysBefore.length * 2);
    counts = new int[keys.length];
    for (int i = 0; i < keysBefore.length; i++) {
      if (keysBefore[i] != EMPTY) {
        int at = slotOf(keysBefore[i]);
        keys[at] = keysBefore[i];
        counts[at] = countsBefore[i];
      }
    }
  }

  /** The count of a number, which is 0 from now on; {@code otherwise} where it is not counted. */
  int take(long key, int otherwise) {
    int at = slotOf(key);
    if (keys[at] != key) {
      return otherwise;
    }
    int count = counts[at];
    counts[at] = 0;
    return count;
  }

  /** Where the number stands, or would. */
  private int slotOf(long key) {
    int at = LongHash.of(key, keys.length);
    while (keys[at] != EMPTY && keys[at] != key) {
      at = (at + 1) & (keys.length - 1);
    }
    return at;
  }
}
