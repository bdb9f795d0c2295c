// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import io.github.vdiskfs.image.Reservation;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;

/** Sectors of one block that are about to be written for the first time. */
final class VpcReservation implements Reservation {
  private final VpcState state;
  private final VpcAllocator allocator;
  private final long guestOffset;
  private final long length;
  private final Place place;
  private boolean published;

  /**
   * Where the block is.
   *
   * @param isNew it is not in the BAT yet
   * @param isFresh its data reads as zero
   */
  record Place(long bitmapOffset, boolean isNew, boolean isFresh) {}

  VpcReservation(
      VpcState state, VpcAllocator allocator, long guestOffset, long length, Place place) {
    this.state = state;
    this.allocator = allocator;
    this.guestOffset = guestOffset;
    this.length = length;
    this.place = place;
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
    return state.storage();
  }

  @Override
  public long hostOffset() {
    return place.bitmapOffset() + state.table().bitmapBytes() + inBlock();
  }

  private long inBlock() {
    return guestOffset % state.blockSize();
  }

  /** QEMU shows the whole of a dynamic image's block, whatever the bitmap says. */
  @Override
  public long hostLength() {
    return isWhole() ? state.blockSize() : length;
  }

  private boolean isWhole() {
    return place.isNew() && !state.hasParent();
  }

  @Override
  public boolean isZeroed() {
    return place.isFresh();
  }

  @Override
  public void publish() throws IOException {
    synchronized (state.dirty()) {
      if (place.isNew()) {
        state.createBitmap(place.bitmapOffset());
      }
      state.setBits(place.bitmapOffset(), firstSector(), endSector());
      if (place.isNew()) {
        state.setEntry(
            guestOffset / state.blockSize(), place.bitmapOffset() >> AllocationTable.SECTOR_BITS);
      }
      published = true;
    }
  }

  private int firstSector() {
    return (int) (inBlock() >> AllocationTable.SECTOR_BITS);
  }

  /** The whole bitmap of a new block of a dynamic image, padding and all, as QEMU has it. */
  private int endSector() {
    return isWhole()
        ? state.table().bitmapBytes() * Byte.SIZE
        : (int) ((inBlock() + length) >> AllocationTable.SECTOR_BITS);
  }

  @Override
  public void close() {
    if (!published && place.isNew()) {
      synchronized (state.dirty()) {
        allocator.release(place.bitmapOffset());
      }
    }
  }
}
