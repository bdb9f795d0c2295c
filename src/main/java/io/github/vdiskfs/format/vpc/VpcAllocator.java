// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where blocks can go: gaps between blocks first, then the room in front of the footer. All of it
 * is derived from the BAT; used under the metadata lock.
 */
final class VpcAllocator {
  private static final Logger LOG = LoggerFactory.getLogger(VpcAllocator.class);

  /** The most BAT entries of an image that is written: 32 MiB of memory while it is opened. */
  static final long MAX_ENTRIES = 1L << 22;

  /** The last sector that a BAT entry can name, in bytes. */
  private static final long MAX_OFFSET = 0xFFFFFFFEL << AllocationTable.SECTOR_BITS;

  /** What a XenServer image has behind its BAT; nobody here keeps it up to date. */
  private static final byte[] BATMAP = "tdbatmap".getBytes(StandardCharsets.US_ASCII);

  private final VpcState state;
  private final long hostBytes;

  /** Host offsets of free blocks in front of {@link #next}. */
  private final TreeSet<Long> free = new TreeSet<>();

  /** From here on the file was never written to, but for footers. */
  private final long freshFrom;

  /** Behind all blocks and tables. */
  private long next;

  private VpcAllocator(VpcState state) {
    this.state = state;
    this.hostBytes = state.table().hostBytes();
    this.freshFrom = state.storage().size();
  }

  /**
   * Looks through the BAT.
   *
   * @throws ImageException of kind {@code READ_ONLY} where it is damaged
   */
  static VpcAllocator scan(VpcState state) throws IOException {
    long entries = state.table().entries().entries();
    if (entries > MAX_ENTRIES) {
      throw readOnly(state.storage(), "has more than " + MAX_ENTRIES + " blocks");
    }
    TableAreas areas = new TableAreas(state);
    if (!areas.overlap().isEmpty()) {
      throw readOnly(state.storage(), "has " + areas.overlap());
    }
    VpcAllocator allocator = new VpcAllocator(state);
    allocator.next = endOfTables(state);
    allocator.checkBatmap();
    allocator.findGaps(allocator.blocks((int) entries, areas));
    return allocator;
  }

  /** Where the first block may start. */
  static long endOfTables(VpcState state) {
    DynamicHeader header = state.header();
    long end = state.footer().dataOffset() + DynamicHeader.BYTES;
    end = Math.max(end, header.tableOffset() + header.maxTableEntries() * Integer.BYTES);
    for (ParentLocator locator : header.locators()) {
      if (locator.isInside(state.footer().hostOffset())) {
        end = Math.max(end, locator.hostOffset() + locator.lengthBytes());
      }
    }
    return roundUp(end);
  }

  private static long roundUp(long hostOffset) {
    return (hostOffset + VpcFooter.BYTES - 1) & -VpcFooter.BYTES;
  }

  private void checkBatmap() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BATMAP.length);
    DynamicHeader header = state.header();
    long batEnd = header.tableOffset() + header.maxTableEntries() * Integer.BYTES;
    state.storage().read(bytes, roundUp(batEnd));
    if (Arrays.equals(bytes.array(), BATMAP)) {
      throw readOnly(state.storage(), "has a batmap");
    }
  }

  /** The sectors at which blocks start, sorted. */
  private long[] blocks(int entries, TableAreas areas) throws IOException {
    long[] starts = new long[entries];
    int count = 0;
    for (int block = 0; block < entries; block++) {
      long bitmapOffset = state.table().bitmapOffset(block);
      if (bitmapOffset >= 0) {
        check(block, bitmapOffset, areas);
        starts[count++] = bitmapOffset;
      }
    }
    long[] sorted = Arrays.copyOf(starts, count);
    Arrays.sort(sorted);
    return sorted;
  }

  private void check(long block, long bitmapOffset, TableAreas areas) throws IOException {
    AllocationTable table = state.table();
    try {
      table.check(block, bitmapOffset, state.sizeBytes());
    } catch (ImageException e) {
      throw readOnly(state.storage(), "has damaged BAT entries (" + e.getMessage() + ")");
    }
    long end = table.usedEnd(block, bitmapOffset, state.sizeBytes());
    String touched = areas.touchedBy(bitmapOffset, Math.max(end, bitmapOffset + 1));
    if (!touched.isEmpty() || end > state.footer().hostOffset()) {
      throw readOnly(
          state.storage(),
          "has a block at host offset "
              + bitmapOffset
              + " that overlaps "
              + (touched.isEmpty() ? "the end of the file" : touched));
    }
  }

  private void findGaps(long[] starts) throws ImageException {
    for (int i = 0; i < starts.length; i++) {
      if (i > 0) {
        if (starts[i] < next) {
          throw readOnly(state.storage(), "has blocks that overlap at host offset " + starts[i]);
        }
        for (long at = next; at <= starts[i] - hostBytes; at += hostBytes) {
          free.add(at);
        }
      }
      next = Math.max(i == 0 ? next : 0, starts[i] + hostBytes);
    }
  }

  private static ImageException readOnly(Storage storage, String reason) {
    return new ImageException(
        ImageException.Kind.READ_ONLY,
        storage.name() + ": " + reason + " and is served read-only; vdiskfs check tells more");
  }

  /** True where a block can be had in front of a footer at {@code footerOffset}. */
  boolean hasRoom(long footerOffset) {
    return !free.isEmpty() || next + hostBytes <= footerOffset;
  }

  /** Takes a block; the caller knows that there is room. */
  VpcReservation.Place take() {
    Long gap = free.pollFirst();
    if (gap != null) {
      return new VpcReservation.Place(gap, true, false);
    }
    long taken = next;
    next += hostBytes;
    boolean fresh = taken + state.table().bitmapBytes() >= freshFrom;
    return new VpcReservation.Place(taken, true, fresh);
  }

  /**
   * Where a footer would stand behind {@code count} further blocks.
   *
   * @throws ImageException of kind {@code FIXED_SIZE} where the BAT cannot name the next one
   */
  long endBehind(long count) throws ImageException {
    if (next > MAX_OFFSET) {
      throw new ImageException(
          ImageException.Kind.FIXED_SIZE,
          state.storage().name() + ": the file would become longer than 2 TiB");
    }
    return next + count * hostBytes;
  }

  /** Gives a block back that nothing ever referred to. */
  void release(long bitmapOffset) {
    free.add(bitmapOffset);
  }

  /** Gives a block back, and its host space where the host can. */
  void free(long bitmapOffset) {
    free.add(bitmapOffset);
    try {
      state.storage().zero(bitmapOffset, hostBytes);
    } catch (IOException e) {
      LOG.debug("{}: a freed block keeps its space: {}", state.storage().name(), e.getMessage());
    }
  }

  /** Where the last block in use ends; free blocks behind it become room again. */
  long end() {
    while (!free.isEmpty() && free.last() + hostBytes == next) {
      next = free.pollLast();
    }
    return next;
  }
}
