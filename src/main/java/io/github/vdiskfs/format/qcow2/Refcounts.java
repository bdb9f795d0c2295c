// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.DirtyTables.Stage;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TablePage;
import io.github.vdiskfs.storage.Zeros;
import java.io.IOException;

/**
 * The refcounts of host clusters: the refcount table and its blocks, read page by page and changed
 * in memory. Guarded by the lock on {@link DirtyTables}.
 */
final class Refcounts {
  /** Bits 9 to 63 of a refcount table entry: host offset of the block. */
  private static final long OFFSET_MASK = -1L << 9;

  /** QEMU's limit of a refcount table. */
  private static final long MAX_TABLE_BYTES = 8 << 20;

  private final Qcow2State state;
  private final RefcountWidth width;
  private final int perBlockShift;
  private Table table;
  private long tableOffset;

  Refcounts(Qcow2State state) {
    Qcow2Header header = state.header();
    this.state = state;
    this.width = new RefcountWidth((int) header.refcountOrder());
    this.perBlockShift = width.perBlockShift(state.clusterBits());
    this.tableOffset = header.refcountTableOffset();
    this.table =
        state.table(tableOffset, header.refcountTableClusters() * state.entriesPerCluster());
  }

  /** The largest refcount, as an unsigned number. */
  long most() {
    return width.most();
  }

  /** Index of the block with a cluster's refcount. */
  long blockIndex(long cluster) {
    return cluster >>> perBlockShift;
  }

  /** The first cluster whose refcount is not in the block of {@code cluster}. */
  long blockEnd(long cluster) {
    return (blockIndex(cluster) + 1) << perBlockShift;
  }

  /** Entries of the refcount table. */
  long tableEntries() {
    return table.entries();
  }

  /** A refcount table entry as it is. */
  long tableEntry(long blockIndex) throws IOException {
    return table.page(blockIndex).int64(blockIndex);
  }

  /** True where there is a block for the cluster's refcount; it is 0 elsewhere. */
  boolean hasBlock(long cluster) throws IOException {
    return blockOffset(blockIndex(cluster)) != 0;
  }

  private long blockOffset(long blockIndex) throws IOException {
    if (blockIndex >= table.entries()) {
      return 0;
    }
    long entry = tableEntry(blockIndex);
    if (!state.layout().isAligned(entry)) {
      throw ImageException.corrupt(
          state.storage(),
          table.hostOffsetOf(blockIndex),
          String.format("refcount table entry 0x%016x is no multiple of the cluster size", entry));
    }
    return entry & OFFSET_MASK;
  }

  private Table block(long hostOffset) {
    return state.table(hostOffset, state.entriesPerCluster());
  }

  private long indexInBlock(long cluster) {
    return cluster & ((1L << perBlockShift) - 1);
  }

  /** A cluster's refcount, as an unsigned number. */
  long get(long cluster) throws IOException {
    long hostOffset = blockOffset(blockIndex(cluster));
    if (hostOffset == 0) {
      return 0;
    }
    long index = indexInBlock(cluster);
    long word = width.word(index);
    return width.get(block(hostOffset).page(word).int64(word), index);
  }

  /** Sets the refcounts of clusters that all have a block. */
  void set(ClusterRun run, long refcount) throws IOException {
    for (long cluster = run.first(); cluster < run.end(); cluster++) {
      put(block(blockOffset(blockIndex(cluster))), cluster, refcount);
    }
  }

  private void put(Table block, long cluster, long refcount) throws IOException {
    long index = indexInBlock(cluster);
    long word = width.word(index);
    long changed = width.with(block.page(word).int64(word), index, refcount);
    state.dirty().putInt64(Stage.ALLOCATION, block, word, changed);
  }

  /** The first cluster of {@code [from, end)} with refcount 0, or {@code end}. */
  long nextFree(long from, long end) throws IOException {
    return next(from, end, true);
  }

  /** The first cluster of {@code [from, end)} with another refcount, or {@code end}. */
  long nextUsed(long from, long end) throws IOException {
    return next(from, end, false);
  }

  private long next(long from, long end, boolean free) throws IOException {
    long at = from;
    while (at < end) {
      long blockEnd = Math.min(end, blockEnd(at));
      long hostOffset = blockOffset(blockIndex(at));
      if (hostOffset != 0) {
        at = nextInBlock(block(hostOffset), at, blockEnd, free);
      } else if (!free) {
        at = blockEnd;
      }
      if (at < blockEnd || (free && hostOffset == 0)) {
        return at;
      }
    }
    return end;
  }

  private long nextInBlock(Table block, long from, long end, boolean free) throws IOException {
    TablePage page = block.page(width.word(indexInBlock(from)));
    for (long at = from; at < end; at++) {
      long index = indexInBlock(at);
      long word = width.word(index);
      if (!page.contains(word)) {
        page = block.page(word);
      }
      if ((width.get(page.int64(word), index) == 0) == free) {
        return at;
      }
    }
    return end;
  }

  /**
   * Makes the missing block for a cluster's refcount, where the table has an entry for it.
   *
   * @param home the free cluster that the block goes to; it has a block, or this will be its own
   */
  void makeBlock(long cluster, long home) throws IOException {
    long hostOffset = home << state.clusterBits();
    Zeros.write(state.storage(), hostOffset, state.header().clusterBytes());
    Table block = block(hostOffset);
    state.dirty().create(Stage.ALLOCATION, block);
    boolean own = blockIndex(home) == blockIndex(cluster);
    put(own ? block : block(blockOffset(blockIndex(home))), home, 1);
    state.dirty().putInt64(Stage.ALLOCATION_ROOT, table, blockIndex(cluster), hostOffset);
  }

  /**
   * Moves the table to a larger one, in free clusters behind all others, with blocks for them.
   *
   * @param first the first of these clusters; the table has no entry for it
   * @return the clusters that were used, and the host range of the old table
   */
  Grown grow(long first) throws IOException {
    GrowthPlan plan = GrowthPlan.of(this, first, state.entriesPerCluster());
    if (plan.entries() * Long.BYTES > MAX_TABLE_BYTES) {
      throw ImageException.unsupported(
          state.storage(),
          "an image file so large that its refcount table would exceed " + MAX_TABLE_BYTES);
    }
    int clusterBits = state.clusterBits();
    long clusterBytes = state.header().clusterBytes();
    long[] entries = tableEntriesNow();
    Zeros.write(state.storage(), first << clusterBits, plan.clusters() * clusterBytes);
    ClusterRun run = new ClusterRun(first, plan.clusters());
    long oldOffset = tableOffset;
    long oldBytes = table.entries() * Long.BYTES;
    long newOffset = (first + plan.blocks()) << clusterBits;
    Table larger = state.table(newOffset, plan.entries());
    create(larger, entries);
    linkBlocks(larger, first, plan);
    table = larger;
    tableOffset = newOffset;
    set(run, 1);
    state.patch().refcountTable(newOffset, plan.entries() / state.entriesPerCluster());
    return new Grown(run, oldOffset, oldBytes);
  }

  /** What {@link #grow} did. */
  record Grown(ClusterRun run, long oldTableOffset, long oldTableBytes) {}

  /** All entries, read before anything is changed: what comes then cannot fail half-way. */
  private long[] tableEntriesNow() throws IOException {
    long[] entries = new long[(int) table.entries()];
    for (int index = 0; index < entries.length; index++) {
      entries[index] = tableEntry(index);
    }
    return entries;
  }

  private void create(Table larger, long[] entries) throws IOException {
    state.dirty().create(Stage.ALLOCATION_ROOT, larger);
    for (int index = 0; index < entries.length; index++) {
      if (entries[index] != 0) {
        state.dirty().putInt64(Stage.ALLOCATION_ROOT, larger, index, entries[index]);
      }
    }
  }

  /** The blocks stand one after the other from {@code first} on, whatever they count. */
  private void linkBlocks(Table larger, long first, GrowthPlan plan) throws IOException {
    for (long i = 0; i < plan.blocks(); i++) {
      long hostOffset = (first + i) << state.clusterBits();
      state.dirty().create(Stage.ALLOCATION, block(hostOffset));
      state.dirty().putInt64(Stage.ALLOCATION_ROOT, larger, blockIndex(first) + i, hostOffset);
    }
  }

  /**
   * The size of a larger table.
   *
   * @param entries of the table, a multiple of those in a cluster
   * @param blocks that count the clusters of the table and their own
   * @param clusters of all of them
   */
  private record GrowthPlan(long entries, long blocks, long clusters) {
    static GrowthPlan of(Refcounts refcounts, long first, long perCluster) {
      long firstBlock = refcounts.blockIndex(first);
      long blocks = 1;
      while (true) {
        long least = Math.max(firstBlock + blocks, refcounts.tableEntries() * 3 / 2);
        long tableClusters = (least + perCluster - 1) / perCluster;
        long clusters = blocks + tableClusters;
        long needed = refcounts.blockIndex(first + clusters - 1) - firstBlock + 1;
        if (needed <= blocks) {
          return new GrowthPlan(tableClusters * perCluster, blocks, clusters);
        }
        blocks = needed;
      }
    }
  }
}
