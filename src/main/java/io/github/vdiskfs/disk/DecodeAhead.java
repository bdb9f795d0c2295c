// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Extent.Kind;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * Decodes compressed units of one disk ahead of a sequential reader, on other threads. Bounded: no
 * more than {@value #AHEAD_BYTES} bytes ahead and {@value #MAX_UNDER_WAY} units at a time; what
 * does not fit is left to the reader itself.
 */
final class DecodeAhead {
  /** How far ahead: two of the largest requests. */
  static final int AHEAD_BYTES = 2 << 20;

  static final int MAX_UNDER_WAY = 32;

  private final VirtualDisk disk;
  private final ClusterCache clusters;
  private final Semaphore room = new Semaphore(MAX_UNDER_WAY);
  private volatile long lastEnd = -1;
  private volatile long doneUntil;

  DecodeAhead(VirtualDisk disk, ClusterCache clusters) {
    this.disk = disk;
    this.clusters = clusters;
  }

  /** Takes note of a read that met compressed units; reads may come in somewhat out of order. */
  void afterRead(long start, long end) {
    long last = lastEnd;
    lastEnd = end;
    if (start <= last && start > last - AHEAD_BYTES) {
      long from = Math.max(end, Math.min(doneUntil, end + AHEAD_BYTES));
      long until = Math.min(disk.size(), end + AHEAD_BYTES);
      if (until - from >= AHEAD_BYTES / 4) {
        doneUntil = schedule(from, until);
      }
    } else {
      doneUntil = end;
    }
  }

  /** Has the units from {@code from} to {@code until} decoded; returns how far it got. */
  private long schedule(long from, long until) {
    long at = from;
    try {
      while (at < until) {
        Located run = disk.locate(at, until - at);
        Extent extent = run.extent();
        if (extent.kind() == Kind.COMPRESSED) {
          if (!room.tryAcquire()) {
            return at;
          }
          clusters.decodeLater(run.image(), extent, room::release);
        }
        at += extent.length();
      }
    } catch (IOException e) {
      // The reader will meet the same damage and report it.
      return until;
    }
    return at;
  }

  /** Waits until nothing is under way; nothing may be read any more. */
  void close() {
    room.acquireUninterruptibly(MAX_UNDER_WAY);
  }
}
