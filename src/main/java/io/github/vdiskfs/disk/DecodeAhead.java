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
final class DecodeAhead implements ClusterCache.Wish {
  /** How far ahead: eight of the largest requests. */
  static final int AHEAD_BYTES = 2 << 20;

  static final int MAX_UNDER_WAY = 32;

  private final VirtualDisk disk;
  private final ClusterCache clusters;
  private final Semaphore room = new Semaphore(MAX_UNDER_WAY);
  private volatile long lastEnd = -1;
  private volatile long doneUntil;
  private int begun;
  private boolean closed;

  DecodeAhead(VirtualDisk disk, ClusterCache clusters) {
    this.disk = disk;
    this.clusters = clusters;
  }

  /** Takes note of a read that met compressed units; reads may come in somewhat out of order. */
  void afterRead(long start, long end) {
    long last = lastEnd;
    boolean near = start <= last && start > last - AHEAD_BYTES;
    lastEnd = near ? Math.max(last, end) : end;
    if (near) {
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
          clusters.decodeLater(run.image(), extent, this);
        }
        at += extent.length();
      }
    } catch (IOException e) {
      // The reader will meet the same damage and report it.
      return until;
    }
    return at;
  }

  @Override
  public synchronized boolean begin() {
    if (!closed) {
      begun++;
    }
    return !closed;
  }

  @Override
  public synchronized void end(boolean hasBegun) {
    room.release();
    if (hasBegun) {
      begun--;
      notifyAll();
    }
  }

  /**
   * Waits until nothing is decoded any more, and lets nothing begin: what waits behind other disks
   * is not waited for. Nothing may be read any more.
   */
  void close() {
    synchronized (this) {
      closed = true;
    }
    clusters.forget(this);
    awaitBegun();
  }

  private synchronized void awaitBegun() {
    boolean interrupted = false;
    while (begun > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
