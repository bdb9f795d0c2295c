// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageWriter;
import io.github.vdiskfs.image.Reservation;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;

/** The write side of the active disk. */
final class Qcow2Writer implements ImageWriter {
  /** The most that tables may hold in memory before they are written. */
  private static final long MAX_DIRTY_BYTES = 16 << 20;

  private final Qcow2State state;
  private final ActiveDisk active;
  private final Guard guard;
  private final Placements placements;
  private final Reserver reserver;
  private final Zeroer zeroer;
  private final Resizer resizer;
  private volatile boolean started;

  private Qcow2Writer(Qcow2State state, ActiveDisk active, Guard guard) {
    this.state = state;
    this.active = active;
    this.guard = guard;
    Refcounts refcounts = new Refcounts(state);
    Allocator allocator = new Allocator(state, refcounts, guard);
    WritableTables tables = new WritableTables(state, active, refcounts, allocator, guard);
    this.placements = new Placements(state, active, guard);
    this.reserver = new Reserver(state, active, tables, allocator, guard);
    this.zeroer = new Zeroer(state, active, tables, allocator);
    this.resizer = new Resizer(state, active, tables, allocator, guard);
  }

  /**
   * Opens the write side.
   *
   * @throws ImageException of kind {@code READ_ONLY} where the image must not be written
   */
  static Qcow2Writer open(
      Storage storage,
      TableCache cache,
      Qcow2Header header,
      SnapshotTable snapshots,
      HostData data,
      ActiveDisk active)
      throws IOException {
    checkWritable(storage, header, snapshots);
    Qcow2State state = new Qcow2State(storage, cache, header, data, new DirtyTables());
    Guard guard = Guard.of(state, snapshots);
    for (Storage file : state.files()) {
      file.allowWriting();
    }
    return new Qcow2Writer(state, active, guard);
  }

  private static void checkWritable(Storage storage, Qcow2Header header, SnapshotTable snapshots)
      throws ImageException {
    if (Features.CORRUPT.in(header.incompatibleFeatures())) {
      throw readOnly(storage, "is marked as corrupt");
    }
    if (Features.DIRTY.in(header.incompatibleFeatures())) {
      throw readOnly(storage, "was not closed cleanly, so that its refcounts may be wrong");
    }
    if (header.layout().externalData() && !snapshots.all().isEmpty()) {
      throw readOnly(storage, "has both snapshots and an external data file");
    }
  }

  private static ImageException readOnly(Storage storage, String reason) {
    return new ImageException(
        ImageException.Kind.READ_ONLY,
        storage.name()
            + ": "
            + reason
            + " and is served read-only; to mend it, run vdiskfs check -r all");
  }

  /**
   * Before the first change: the autoclear bits of what is not kept up to date are cleared, the
   * bitmaps' among them.
   */
  private void start() throws IOException {
    guard.checkRunning();
    state.dirty().checkUsable();
    if (!started) {
      synchronized (state.dirty()) {
        clearAutoclear();
        started = true;
      }
    }
  }

  private void clearAutoclear() throws IOException {
    long found = state.header().autoclearFeatures();
    long kept =
        state.layout().externalData() && Features.RAW_EXTERNAL_DATA.in(found)
            ? Features.RAW_EXTERNAL_DATA.mask()
            : 0;
    if (!started && kept != found) {
      state.patch().autoclearFeatures(kept);
    }
  }

  @Override
  public long unit() {
    return 1L << state.layout().subclusterBits();
  }

  @Override
  public Placement placement(long guestOffset, long length) throws IOException {
    start();
    return placements.at(guestOffset, length);
  }

  @Override
  public Reservation reserve(long guestOffset, long length) throws IOException {
    start();
    synchronized (state.dirty()) {
      state.dirty().checkUsable();
      return reserver.reserve(guestOffset, length);
    }
  }

  @Override
  public long zero(long guestOffset, long length) throws IOException {
    start();
    return zeroer.zero(guestOffset, length);
  }

  @Override
  public void checkSize(long sizeBytes) throws IOException {
    resizer.check(sizeBytes);
  }

  @Override
  public void resize(long sizeBytes) throws IOException {
    start();
    long before = active.map().sizeBytes();
    resizer.resize(sizeBytes);
    if (layout().externalData() && isRawExternal()) {
      preallocate(before);
    }
  }

  private Qcow2Layout layout() {
    return state.layout();
  }

  /** A raw external data file is a disk by itself: all of it has its place in the tables too. */
  private boolean isRawExternal() {
    return Features.RAW_EXTERNAL_DATA.in(state.header().autoclearFeatures());
  }

  /** Gives every cluster of the disk its place; nobody else uses the disk meanwhile. */
  void preallocate() throws IOException {
    preallocate(0);
  }

  private void preallocate(long from) throws IOException {
    long size = active.map().sizeBytes();
    long hostEnd = 0;
    for (long at = layout().clusterStart(Math.min(from, size)); at < size; ) {
      Placement place = placement(at, size - at);
      long reached = at + place.length();
      if (!place.inPlace()) {
        try (Reservation reserved = reserve(at, place.length())) {
          reserved.publish();
          reached = reserved.guestOffset() + reserved.length();
          hostEnd = Math.max(hostEnd, reserved.hostOffset() + reserved.hostLength());
        }
      }
      at = reached;
      if (dirtyBytes() > MAX_DIRTY_BYTES) {
        flush();
      }
    }
    if (!layout().externalData() && hostEnd > state.storage().size()) {
      state.storage().truncate(hostEnd);
    }
  }

  @Override
  public void flush() throws IOException {
    state.dirty().flush(state.files());
  }

  @Override
  public long dirtyBytes() {
    return state.dirty().dirtyBytes();
  }

  @Override
  public void finish() throws IOException {
    flush();
    // What was freed only now has its refcounts to be written.
    while (dirtyBytes() > 0) {
      flush();
    }
  }

  /** Gives up what is not on the host: the image is closed. */
  void discard() {
    state.dirty().discard();
  }
}
