// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

/**
 * How refcounts of {@code 1 << order} bits stand in a block, seen as a row of big-endian words of 8
 * bytes ("Host cluster management"): wider ones are big-endian numbers, those below a byte fill it
 * from its least significant bit on.
 */
record RefcountWidth(int order) {
  private static final int WORD_SHIFT = 6;
  private static final int BYTE_ORDER = 3;

  /** Refcounts of a block, as a power of two. */
  int perBlockShift(int clusterBits) {
    return clusterBits + BYTE_ORDER - order;
  }

  /** The largest refcount, as an unsigned number. */
  long most() {
    return mask();
  }

  private int bits() {
    return 1 << order;
  }

  private long mask() {
    return -1L >>> (Long.SIZE - bits());
  }

  /** The word that refcount {@code index} of a block stands in. */
  long word(long index) {
    return (index << order) >>> WORD_SHIFT;
  }

  private int shift(long index) {
    int bit = (int) (index << order) & (Long.SIZE - 1);
    return order >= BYTE_ORDER
        ? Long.SIZE - bits() - bit
        : Long.SIZE - Byte.SIZE - (bit & -Byte.SIZE) + (bit & (Byte.SIZE - 1));
  }

  /** Refcount {@code index} out of its word, as an unsigned number. */
  long get(long word, long index) {
    return (word >>> shift(index)) & mask();
  }

  /** The word with another refcount {@code index}. */
  long with(long word, long index, long refcount) {
    int shift = shift(index);
    return (word & ~(mask() << shift)) | ((refcount & mask()) << shift);
  }
}
