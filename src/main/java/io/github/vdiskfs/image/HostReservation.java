// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import io.github.vdiskfs.storage.Storage;
import java.io.IOException;

/** A reservation of {@link HostSpace}; its changes are made under the image's metadata lock. */
public final class HostReservation implements Reservation {
  /** Puts the space into the tables, in place of what was there. */
  public interface Link {
    /**
     * Called once, under the lock.
     *
     * @param unlinked takes what nothing refers to any more
     */
    void link(HostSpace.Unlinked unlinked) throws IOException;
  }

  private final DirtyTables dirty;
  private final HostSpace space;
  private final HostSpace.Run run;
  private final long guestOffset;
  private final long length;
  private final Link link;
  private boolean published;

  /**
   * @param run the space, just taken
   * @param guestOffset first guest byte
   * @param length guest bytes, not more than the run has
   */
  public HostReservation(
      DirtyTables dirty,
      HostSpace space,
      HostSpace.Run run,
      long guestOffset,
      long length,
      Link link) {
    this.dirty = dirty;
    this.space = space;
    this.run = run;
    this.guestOffset = guestOffset;
    this.length = length;
    this.link = link;
  }

  @Override
  public long guestOffset() {
    return guestOffset;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public Storage storage() {
    return space.file();
  }

  @Override
  public long hostOffset() {
    return run.hostOffset();
  }

  @Override
  public long hostLength() {
    return run.length();
  }

  @Override
  public boolean isZeroed() {
    return run.zeroed();
  }

  /** Where that fails half way, the space stays in use: a part of it may be linked. */
  @Override
  public void publish() throws IOException {
    synchronized (dirty) {
      dirty.checkUsable();
      published = true;
      HostSpace.Unlinked unlinked = space.new Unlinked();
      try {
        link.link(unlinked);
      } finally {
        unlinked.freeWhenDurable(dirty);
      }
    }
  }

  @Override
  public void close() {
    synchronized (dirty) {
      if (!published) {
        space.free(run.hostOffset(), run.length());
      }
    }
  }
}
