// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import io.github.vdiskfs.image.Reservation;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;

/** A host block for one block of the disk. */
final class VdiReservation implements Reservation {
  private final VdiState state;
  private final VdiAllocator allocator;
  private final long block;
  private final VdiAllocator.Taken taken;
  private boolean published;

  VdiReservation(VdiState state, VdiAllocator allocator, long block, VdiAllocator.Taken taken) {
    this.state = state;
    this.allocator = allocator;
    this.block = block;
    this.taken = taken;
  }

  @Override
  public long guestOffset() {
    return block * state.blockSize();
  }

  @Override
  public long length() {
    return Math.min(state.blockSize(), state.sizeBytes() - guestOffset());
  }

  @Override
  public Storage storage() {
    return state.storage();
  }

  @Override
  public long hostOffset() {
    return state.map().hostOffset(taken.block());
  }

  @Override
  public long hostLength() {
    return state.blockSize();
  }

  @Override
  public boolean isZeroed() {
    return taken.isFresh();
  }

  @Override
  public void publish() throws IOException {
    synchronized (state.dirty()) {
      state.link(block, taken.block(), allocator.end());
      published = true;
    }
  }

  @Override
  public void close() {
    if (!published) {
      synchronized (state.dirty()) {
        allocator.release(taken.block());
      }
    }
  }
}
