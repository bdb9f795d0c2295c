// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageWriter;
import io.github.vdiskfs.image.Reservation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The write side of a dynamic or differencing image.
 *
 * <p>The footer moves out in large steps, durable before anything takes its old place, and comes
 * back to the last block when writing ends. A block gets its bitmap where it lies and then its
 * data; the BAT entry follows when both are durable.
 */
final class DynamicVpcWriter implements ImageWriter {
  /** The footer moves over so many blocks at a time: file size, not host space. */
  private static final long STEP_BLOCKS = 16;

  private static final int SECTOR_BYTES = 1 << AllocationTable.SECTOR_BITS;

  private final VpcState state;
  private final VpcAllocator allocator;
  private final Footers footers;
  private final VpcSizes sizes;

  /** Held while the footers move; guards {@link #footers} together with the metadata lock. */
  private final Object moving = new Object();

  private DynamicVpcWriter(VpcState state, VpcAllocator allocator, Footers footers) {
    this.state = state;
    this.allocator = allocator;
    this.footers = footers;
    this.sizes = new VpcSizes(state, footers);
  }

  /**
   * Opens the write side.
   *
   * @throws ImageException of kind {@code READ_ONLY} where the footer or the BAT is damaged
   */
  static DynamicVpcWriter open(VpcState state) throws IOException {
    if (state.footer().hostOffset() == 0) {
      throw new ImageException(
          ImageException.Kind.READ_ONLY,
          state.storage().name()
              + ": has no sound footer at its end and is served read-only; to mend it, run vdiskfs"
              + " check -r all");
    }
    VpcAllocator allocator = VpcAllocator.scan(state);
    state.storage().allowWriting();
    return new DynamicVpcWriter(state, allocator, Footers.load(state));
  }

  /** A differencing image knows of each sector whose it is; QEMU knows of whole blocks only. */
  @Override
  public long unit() {
    return state.hasParent() ? SECTOR_BYTES : state.blockSize();
  }

  @Override
  public Placement placement(long guestOffset, long length) throws IOException {
    state.dirty().checkUsable();
    Extent extent = state.table().map(guestOffset, length, state.sizeBytes());
    return extent.kind() == Extent.Kind.DATA
        ? Placement.inPlace(extent)
        : Placement.reserve(extent.length());
  }

  @Override
  public Reservation reserve(long guestOffset, long length) throws IOException {
    return reserveInBlock(guestOffset, length);
  }

  private VpcReservation reserveInBlock(long guestOffset, long length) throws IOException {
    state.dirty().checkUsable();
    long blockEnd = guestOffset - guestOffset % state.blockSize() + state.blockSize();
    long most = Math.min(length, Math.min(blockEnd, state.sizeBytes()) - guestOffset);
    long bitmapOffset = state.table().bitmapOffset(guestOffset / state.blockSize());
    VpcReservation.Place place =
        bitmapOffset < 0 ? newBlock() : new VpcReservation.Place(bitmapOffset, false, false);
    return new VpcReservation(state, allocator, guestOffset, most, place);
  }

  private VpcReservation.Place newBlock() throws IOException {
    VpcReservation.Place place = takeBlock();
    try {
      byte[] bitmap = new byte[state.table().bitmapBytes()];
      Arrays.fill(bitmap, (byte) (state.hasParent() ? 0 : 0xFF));
      state.storage().write(ByteBuffer.wrap(bitmap), place.bitmapOffset());
      return place;
    } catch (IOException e) {
      synchronized (state.dirty()) {
        allocator.release(place.bitmapOffset());
      }
      throw e;
    }
  }

  private VpcReservation.Place takeBlock() throws IOException {
    synchronized (moving) {
      if (!hasRoom()) {
        long step = Math.max(1, Math.min(STEP_BLOCKS, state.blocks()));
        footers.moveOut(endBehind(step));
      }
      synchronized (state.dirty()) {
        state.dirty().checkUsable();
        return allocator.take();
      }
    }
  }

  private boolean hasRoom() {
    synchronized (state.dirty()) {
      return allocator.hasRoom(footers.endOffset());
    }
  }

  private long endBehind(long blocks) throws ImageException {
    synchronized (state.dirty()) {
      return allocator.endBehind(blocks);
    }
  }

  @Override
  public long zero(long guestOffset, long length) throws IOException {
    long end = Math.min(state.sizeBytes(), guestOffset + length);
    if (!state.hasParent()) {
      unlink(guestOffset / state.blockSize(), (end + state.blockSize() - 1) / state.blockSize());
      return end - guestOffset;
    }
    try (VpcReservation reserved = reserveInBlock(guestOffset, end - guestOffset)) {
      if (!reserved.isZeroed()) {
        state.storage().zero(reserved.hostOffset(), reserved.length());
      }
      reserved.publish();
      return reserved.length();
    }
  }

  private void unlink(long fromBlock, long endBlock) throws IOException {
    synchronized (state.dirty()) {
      state.dirty().checkUsable();
      for (long block = fromBlock; block < endBlock; block++) {
        long bitmapOffset = state.table().bitmapOffset(block);
        if (bitmapOffset >= 0) {
          state.setEntry(block, AllocationTable.UNUSED);
          state.dirty().whenDurable(() -> allocator.free(bitmapOffset));
        }
      }
    }
  }

  /** Only a disk that had no size when it was opened gets one. */
  @Override
  public void resize(long sizeBytes) throws IOException {
    state.dirty().checkUsable();
    long rounded = sizes.check(sizeBytes);
    unlink((rounded + state.blockSize() - 1) / state.blockSize(), state.blocks());
    state.resized(rounded);
  }

  @Override
  public void flush() throws IOException {
    state.flush();
    synchronized (moving) {
      sizes.write();
    }
  }

  @Override
  public long dirtyBytes() {
    return state.dirty().dirtyBytes() + sizes.pendingBytes();
  }

  @Override
  public void finish() throws IOException {
    flush();
    synchronized (moving) {
      footers.moveIn(sizes.trimTable(end()));
    }
  }

  private long end() {
    synchronized (state.dirty()) {
      return allocator.end();
    }
  }
}
