// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.HostSpace;
import io.github.vdiskfs.image.Reservation;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;

/** Grains of one grain table that follow each other, on the disk and in the file. */
final class GrainReservation implements Reservation {
  private final SparseWriter writer;
  private final WritableTables.Pair tables;
  private final long guestOffset;
  private final long length;
  private final long firstGtIndex;
  private final HostSpace.Run run;
  private boolean published;

  GrainReservation(
      SparseWriter writer,
      WritableTables.Pair tables,
      long guestOffset,
      long length,
      long firstGtIndex,
      HostSpace.Run run) {
    this.writer = writer;
    this.tables = tables;
    this.guestOffset = guestOffset;
    this.length = length;
    this.firstGtIndex = firstGtIndex;
    this.run = run;
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
    return writer.file();
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

  /** What was linked stays in use, also where the rest could not be linked. */
  @Override
  public void publish() throws IOException {
    published = true;
    writer.publish(tables, firstGtIndex, run);
  }

  @Override
  public void close() {
    if (!published) {
      writer.giveBack(run);
    }
  }
}
