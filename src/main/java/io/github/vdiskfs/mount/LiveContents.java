// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.VirtualDisk;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The contents of an open disk, read when they are first asked for and again after a write to what
 * they were read from.
 */
final class LiveContents {
  /** Readings of a table that is written all the time. */
  private static final int MAX_READINGS = 3;

  private final VirtualDisk disk;
  private final AtomicLong changes = new AtomicLong();
  private volatile @Nullable Contents known;

  LiveContents(VirtualDisk disk) {
    this.disk = disk;
    disk.onChange(this::changed);
  }

  private void changed(long start, long end) {
    Contents now = known;
    if (now == null || now.table().readFrom().touches(start, end)) {
      // In this order: whoever reads the table right now sees one of the two.
      changes.incrementAndGet();
      known = null;
    }
  }

  /** The contents, where they are known; else none. */
  Contents known() {
    Contents now = known;
    return now == null ? Contents.NONE : now;
  }

  /** The contents now. */
  synchronized Contents get() {
    Contents now = known;
    for (int readings = 1; now == null; readings++) {
      long before = changes.get();
      Contents read = Contents.read(disk);
      known = read;
      if (changes.get() == before) {
        now = read;
      } else {
        known = null;
        now = readings == MAX_READINGS ? read : null;
      }
    }
    return now;
  }
}
