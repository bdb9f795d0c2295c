// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A set of numbers that costs memory only near those that are in it, and no more than a bound. For
 * one thread, or under a lock.
 */
public final class SparseBits {
  /** Numbers in a piece, as a power of two: 512 bytes. */
  private static final int PIECE_SHIFT = 12;

  private static final int PIECE = 1 << PIECE_SHIFT;

  /** About 20 MiB: 134 million numbers that follow each other, such as the grains of 8 TiB. */
  private static final int MAX_PIECES = 1 << 15;

  private final Map<Long, long[]> pieces = new HashMap<>();

  /** The piece that was looked at last. */
  private long lastKey = -1;

  private long @Nullable [] last;

  private long @Nullable [] piece(long number) {
    long key = number >>> PIECE_SHIFT;
    if (key != lastKey) {
      last = pieces.get(key);
      lastKey = key;
    }
    return last;
  }

  private long[] newPiece(long number) throws ImageException {
    if (pieces.size() >= MAX_PIECES) {
      throw new ImageException(
          ImageException.Kind.UNSUPPORTED, "the tables say too much to be held in memory");
    }
    long[] made = new long[PIECE / Long.SIZE];
    pieces.put(number >>> PIECE_SHIFT, made);
    last = made;
    lastKey = number >>> PIECE_SHIFT;
    return made;
  }

  private static int word(long number) {
    return (int) (number & (PIECE - 1)) / Long.SIZE;
  }

  /** True where the number is in the set. */
  public boolean contains(long number) {
    long[] piece = piece(number);
    return piece != null && (piece[word(number)] >>> number & 1) != 0;
  }

  /**
   * Adds a number; false where it was in the set.
   *
   * @throws ImageException of kind {@code UNSUPPORTED} where that takes too much memory
   */
  public boolean add(long number) throws ImageException {
    long[] found = piece(number);
    long[] piece = found == null ? newPiece(number) : found;
    long bit = 1L << number;
    boolean fresh = (piece[word(number)] & bit) == 0;
    piece[word(number)] |= bit;
    return fresh;
  }

  /** Adds the numbers from {@code from} to {@code end - 1}; see {@link #add}. */
  public void addAll(long from, long end) throws ImageException {
    for (long number = from; number < end; number++) {
      add(number);
    }
  }

  /** Takes the numbers from {@code from} to {@code end - 1} out. */
  public void removeAll(long from, long end) {
    for (long number = from; number < end; number++) {
      long[] piece = piece(number);
      if (piece != null) {
        piece[word(number)] &= ~(1L << number);
      }
    }
  }

  /** True where one of the numbers from {@code from} to {@code end - 1} is in the set. */
  public boolean containsAny(long from, long end) {
    return next(from, end, true) < end;
  }

  /** The first number from {@code from} on that is not in the set, or {@code end}. */
  public long nextClear(long from, long end) {
    return next(from, end, false);
  }

  /** The first number from {@code from} on that is in the set, or {@code end}. */
  public long nextSet(long from, long end) {
    return next(from, end, true);
  }

  private long next(long from, long end, boolean set) {
    long at = from;
    while (at < end) {
      long[] piece = piece(at);
      long skip = piece == null ? PIECE : Long.SIZE;
      long word = piece == null ? 0 : piece[word(at)];
      long wanted = (set ? word : ~word) & -1L << at;
      if (piece == null && !set) {
        return at;
      }
      if (piece != null && wanted != 0) {
        return Math.min(end, (at & -Long.SIZE) + Long.numberOfTrailingZeros(wanted));
      }
      at = (at & -skip) + skip;
    }
    return end;
  }
}
