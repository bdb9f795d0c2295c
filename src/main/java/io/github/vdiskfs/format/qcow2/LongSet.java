// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import java.util.Arrays;

/** A set of numbers from 0 on in one array, with linear probing. For any thread. */
final class LongSet {
  private static final long EMPTY = -1;

  private long[] slots = newSlots(64);
  private int size;

  private static long[] newSlots(int length) {
    long[] fresh = new long[length];
    Arrays.fill(fresh, EMPTY);
    return fresh;
  }

  synchronized int size() {
    return size;
  }

  synchronized boolean contains(long value) {
    return slots[slotOf(value)] == value;
  }

  synchronized void add(long value) {
    int at = slotOf(value);
    if (slots[at] == value) {
      return;
    }
    slots[at] = value;
    size++;
    if (size > slots.length / 4 * 3) {
      grow();
    }
  }

  private void grow() {
    long[] before = slots;
    slots = newSlots(before.length * 2);
    for (long value : before) {
      if (value != EMPTY) {
        slots[slotOf(value)] = value;
      }
    }
  }

  /** Removes a number, and moves those up that its slot had pushed further. */
  synchronized void remove(long value) {
    int gap = slotOf(value);
    if (slots[gap] != value) {
      return;
    }
    size--;
    slots[gap] = EMPTY;
    for (int at = next(gap); slots[at] != EMPTY; at = next(at)) {
      long moved = slots[at];
      slots[at] = EMPTY;
      slots[slotOf(moved)] = moved;
    }
  }

  /** Where the number stands, or would. */
  private int slotOf(long value) {
    int at = LongHash.of(value, slots.length);
    while (slots[at] != EMPTY && slots[at] != value) {
      at = next(at);
    }
    return at;
  }

  private int next(int at) {
    return (at + 1) & (slots.length - 1);
  }
}
