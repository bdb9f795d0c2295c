// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import io.github.vdiskfs.image.ImageException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The size of a disk that had none when it was opened: it was just made, with a BAT for the largest
 * disk, and grows with what is written until it is closed. All other sizes are fixed.
 */
final class VpcSizes {
  private static final int SECTOR_BYTES = 1 << AllocationTable.SECTOR_BITS;

  /** Max Table Entries, in the header's first sector, as is its checksum. */
  private static final int ENTRIES_AT = 28;

  private final VpcState state;
  private final Footers footers;
  private final boolean grows;

  VpcSizes(VpcState state, Footers footers) {
    this.state = state;
    this.footers = footers;
    this.grows = state.sizeBytes() == 0;
  }

  /**
   * The size in whole sectors.
   *
   * @throws ImageException of kind {@code FIXED_SIZE} where the disk cannot have it
   */
  long check(long sizeBytes) throws ImageException {
    long most =
        Math.min(
            VpcFooter.MAX_SECTORS * SECTOR_BYTES,
            state.table().entries().entries() * state.blockSize());
    if (!grows || sizeBytes > most) {
      throw new ImageException(
          ImageException.Kind.FIXED_SIZE,
          state.storage().name()
              + (grows
                  ? ": the size is " + sizeBytes + ", expected at most " + most
                  : ": the size of a VHD cannot change"));
    }
    return (sizeBytes + SECTOR_BYTES - 1) & -SECTOR_BYTES;
  }

  /** Memory for a size that the host does not know yet. */
  long pendingBytes() {
    return state.sizeBytes() == footers.sizeBytes() ? 0 : SECTOR_BYTES;
  }

  /** Tells the host of a new size. */
  void write() throws IOException {
    if (pendingBytes() > 0) {
      footers.resize(state.sizeBytes());
    }
  }

  /**
   * Cuts the BAT of a disk that grew to what the disk needs, and gives the rest of it back to the
   * host.
   *
   * @param end where the last block ends
   * @return the same, or where the BAT ends now if there is no block
   */
  long trimTable(long end) throws IOException {
    if (!grows || state.sizeBytes() == 0) {
      return end;
    }
    writeEntries();
    long tableOffset = state.header().tableOffset();
    long used = (tableOffset + state.blocks() * Integer.BYTES + SECTOR_BYTES - 1) & -SECTOR_BYTES;
    if (end == VpcAllocator.endOfTables(state)) {
      return used;
    }
    long rest = tableOffset + state.table().entries().entries() * Integer.BYTES - used;
    if (rest > 0) {
      state.storage().zero(used, rest);
    }
    return end;
  }

  private void writeEntries() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(DynamicHeader.BYTES);
    state.storage().read(header, state.footer().dataOffset());
    header.putInt(ENTRIES_AT, (int) state.blocks());
    header.putInt(DynamicHeader.CHECKSUM_AT, Checksum.expected(header, DynamicHeader.CHECKSUM_AT));
    ByteBuffer firstSector = ByteBuffer.wrap(header.array(), 0, SECTOR_BYTES);
    state.storage().write(firstSector, state.footer().dataOffset());
    state.flush();
  }
}
