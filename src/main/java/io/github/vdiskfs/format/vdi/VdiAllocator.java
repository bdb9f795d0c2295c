// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.BitSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which host blocks are in use, as the block map has it; the header's counter is not asked. Used
 * under the metadata lock.
 *
 * <p>A block whose unlinking is not durable yet counts as in use.
 */
final class VdiAllocator {
  private static final Logger LOG = LoggerFactory.getLogger(VdiAllocator.class);

  /**
   * The most blocks that are written to: 64 TiB of 1 MiB each. The set of used ones takes 8 MiB
   * then, and looking through the map takes a fraction of a second.
   */
  static final long MAX_BLOCKS = 1L << 26;

  private final VdiState state;
  private final BitSet used = new BitSet();

  /** No block below is free. */
  private int searchFrom;

  /** From this host block on the file was never written to. */
  private long freshFrom;

  private VdiAllocator(VdiState state) {
    this.state = state;
    this.freshFrom = state.map().hostBlockFrom(state.storage().size());
  }

  /**
   * Looks through the block map.
   *
   * @throws ImageException of kind {@code READ_ONLY} where it is damaged
   */
  static VdiAllocator scan(VdiState state) throws IOException {
    if (state.blocks() > MAX_BLOCKS) {
      throw readOnly(state.storage(), "has more than " + MAX_BLOCKS + " blocks");
    }
    VdiAllocator allocator = new VdiAllocator(state);
    for (long block = 0; block < state.blocks(); block++) {
      long entry = state.map().entry(block);
      if (BlockMap.isData(entry)) {
        allocator.use(block, entry);
      }
    }
    return allocator;
  }

  private void use(long block, long entry) throws IOException {
    if (entry >= MAX_BLOCKS || !state.map().liesInFile(block, entry, state.sizeBytes())) {
      throw readOnly(state.storage(), "has block map entries that lead out of the file");
    }
    if (used.get((int) entry)) {
      throw readOnly(state.storage(), "has two block map entries for host block " + entry);
    }
    used.set((int) entry);
  }

  private static ImageException readOnly(Storage storage, String reason) {
    return new ImageException(
        ImageException.Kind.READ_ONLY,
        storage.name() + ": " + reason + " and is served read-only; vdiskfs check tells more");
  }

  /** 1 + the highest block in use, or 0. */
  long end() {
    return used.length();
  }

  /** How many blocks are in use. */
  long count() {
    return used.cardinality();
  }

  /** The {@code nth} block in use from above, from 1 on; -1 where there are not as many. */
  long nthFromAbove(long nth) {
    int block = used.length();
    for (long n = 0; n < nth && block >= 0; n++) {
      block = block == 0 ? -1 : used.previousSetBit(block - 1);
    }
    return block;
  }

  /** The lowest block that is free; it may lie behind all others. */
  long nextFree() {
    searchFrom = used.nextClearBit(searchFrom);
    return searchFrom;
  }

  /**
   * A block that was free.
   *
   * @param isFresh it reads as zero
   */
  record Taken(long block, boolean isFresh) {}

  /**
   * Takes the lowest free block and makes the file long enough for it.
   *
   * @throws IOException where there is no space; nothing has changed then
   */
  Taken take() throws IOException {
    return take(nextFree());
  }

  /** Takes the lowest free block from {@code first} on. */
  Taken takeFrom(long first) throws IOException {
    return take(used.nextClearBit((int) first));
  }

  private Taken take(long block) throws IOException {
    if (block >= MAX_BLOCKS) {
      throw new ImageException(
          ImageException.Kind.FIXED_SIZE,
          state.storage().name() + ": more than " + MAX_BLOCKS + " blocks");
    }
    long hostEnd = state.map().hostOffset(block + 1);
    if (hostEnd > state.storage().size()) {
      state.storage().truncate(hostEnd);
    }
    used.set((int) block);
    boolean fresh = block >= freshFrom;
    freshFrom = Math.max(freshFrom, block + 1);
    return new Taken(block, fresh);
  }

  /** Gives a block back that nothing ever referred to. */
  void release(long block) {
    used.clear((int) block);
    searchFrom = (int) Math.min(searchFrom, block);
  }

  /** Gives back {@code count} blocks, and their host space where the host can. */
  void free(long first, long count) {
    used.clear((int) first, (int) (first + count));
    searchFrom = (int) Math.min(searchFrom, first);
    try {
      state.storage().zero(state.map().hostOffset(first), count * state.blockSize());
    } catch (IOException e) {
      LOG.debug("{}: freed blocks keep their space: {}", state.storage().name(), e.getMessage());
    }
  }

  /** The first {@code count} blocks, all free, are none any more; all others have new numbers. */
  void dropFirst(long count) {
    for (int block = used.nextSetBit(0); block >= 0; block = used.nextSetBit(block + 1)) {
      used.clear(block);
      used.set((int) (block - count));
    }
    searchFrom = 0;
    freshFrom = Math.max(0, freshFrom - count);
  }
}
