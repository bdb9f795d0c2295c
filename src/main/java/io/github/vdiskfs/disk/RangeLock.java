// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.StampedLock;

/**
 * Locks on ranges of a disk: shared for those who use a mapping, exclusive for those who change it.
 * The disk is cut into segments that share {@value #STRIPES} locks, so that there is nothing that
 * grows, nothing to allocate and no lock that all readers meet on.
 *
 * <p>A thread holds one range at a time; the locks of a range are taken in ascending order.
 */
final class RangeLock {
  private static final int STRIPES = 64;

  /** A segment is at least this large: a request touches two at most. */
  private static final int MIN_SHIFT = 22;

  private final StampedLock[] stripes = new StampedLock[STRIPES];
  private final int shift;

  /**
   * @param unitBytes the disk's largest unit of allocation
   */
  RangeLock(long unitBytes) {
    shift = Math.max(MIN_SHIFT, Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, unitBytes) - 1));
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new StampedLock();
    }
  }

  /** Waits for a shared lock on {@code [start, end)}; the answer names it in {@link #unlock}. */
  long lockShared(long start, long end) {
    return lock(start, end, false);
  }

  /** Waits for an exclusive lock on {@code [start, end)}. */
  long lockExclusive(long start, long end) {
    return lock(start, end, true);
  }

  private long lock(long start, long end, boolean exclusive) {
    long mask = mask(start, end);
    for (long left = mask; left != 0; left &= left - 1) {
      side(Long.numberOfTrailingZeros(left), exclusive).lock();
    }
    return mask;
  }

  void unlockShared(long mask) {
    unlock(mask, false);
  }

  void unlockExclusive(long mask) {
    unlock(mask, true);
  }

  private void unlock(long mask, boolean exclusive) {
    for (long left = mask; left != 0; left &= left - 1) {
      side(Long.numberOfTrailingZeros(left), exclusive).unlock();
    }
  }

  private Lock side(int stripe, boolean exclusive) {
    StampedLock lock = stripes[stripe];
    return exclusive ? lock.asWriteLock() : lock.asReadLock();
  }

  private long mask(long start, long end) {
    long first = start >>> shift;
    long last = Math.max(start, end - 1) >>> shift;
    if (last - first >= STRIPES - 1) {
      return -1;
    }
    long mask = 0;
    for (long segment = first; segment <= last; segment++) {
      mask |= 1L << (segment % STRIPES);
    }
    return mask;
  }
}
