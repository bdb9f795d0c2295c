// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Builds refcounts anew where the old ones cannot be corrected. New blocks and a new table go
 * behind everything that is in use, are made durable, and are then switched to by one write of 12
 * bytes into the header; nothing refers to the old ones any more.
 */
final class RefcountRebuild {
  /** The longest refcount table that can be written. */
  private static final long MAX_TABLE_BYTES = 8 << 20;

  /** Counts the references to a window's clusters, but those to refcount structures. */
  interface References {
    void count(ReferenceCounts window) throws IOException;
  }

  private final Qcow2State state;
  private final References references;
  private final RefcountWidth width;
  private final long perBlock;
  private long[] table = new long[64];
  private long tableEntries;
  private long next;

  RefcountRebuild(Qcow2State state, References references) {
    this.state = state;
    this.references = references;
    this.width = new RefcountWidth((int) state.header().refcountOrder());
    this.perBlock = 1L << width.perBlockShift(state.clusterBits());
  }

  /**
   * Builds the refcounts.
   *
   * @param usedEnd the first cluster behind all that are in use
   */
  void run(long usedEnd) throws IOException {
    next = usedEnd;
    long tail = usedEnd - usedEnd % perBlock;
    long window = Math.max(perBlock, Qcow2Checker.WINDOW_CLUSTERS);
    for (long first = 0; first < tail; first += window) {
      blocksOf(count(first, Math.min(window, tail - first)));
    }
    finish(usedEnd, count(tail, perBlock));
  }

  private ReferenceCounts count(long first, long clusters) throws IOException {
    ReferenceCounts counts = new ReferenceCounts(first, (int) clusters, width.most());
    references.count(counts);
    return counts;
  }

  private void blocksOf(ReferenceCounts counts) throws IOException {
    for (long first = counts.first(); first < counts.end(); first += perBlock) {
      ByteBuffer block = block(counts, first, 0, 0);
      if (block != null) {
        write(next, block);
        enter(first / perBlock, next << state.clusterBits());
        next++;
      }
    }
  }

  /**
   * The blocks that count the new structures themselves, and what comes before them in the first
   * one; then the table.
   */
  private void finish(long usedEnd, ReferenceCounts tail) throws IOException {
    long firstBlock = usedEnd / perBlock;
    long blocks = 1;
    long end = end(firstBlock + blocks, blocks);
    while ((end - 1) / perBlock - firstBlock + 1 > blocks) {
      blocks = (end - 1) / perBlock - firstBlock + 1;
      end = end(firstBlock + blocks, blocks);
    }
    for (long i = 0; i < blocks; i++) {
      long first = (firstBlock + i) * perBlock;
      ByteBuffer block = block(tail, first, usedEnd, end);
      write(next, block == null ? ByteBuffer.allocate((int) state.header().clusterBytes()) : block);
      enter(firstBlock + i, next << state.clusterBits());
      next++;
    }
    writeTable();
  }

  /** Where everything ends with so many table entries and further blocks. */
  private long end(long entries, long blocks) {
    return next + blocks + tableClusters(entries);
  }

  private long tableClusters(long entries) {
    return (entries + state.entriesPerCluster() - 1) / state.entriesPerCluster();
  }

  /**
   * The refcounts of one block: from the window where it reaches, and 1 for {@code [ownFirst,
   * ownEnd)}; null where all are 0.
   */
  private @Nullable ByteBuffer block(
      ReferenceCounts counts, long first, long ownFirst, long ownEnd) {
    ByteBuffer block = ByteBuffer.allocate((int) state.header().clusterBytes());
    boolean empty = true;
    for (long index = 0; index < perBlock; index++) {
      long cluster = first + index;
      boolean own = cluster >= ownFirst && cluster < ownEnd;
      boolean counted = cluster >= counts.first() && cluster < counts.end();
      long refcount = own ? 1 : counted ? counts.get(cluster) : 0;
      if (refcount != 0) {
        int at = (int) width.word(index) * Long.BYTES;
        block.putLong(at, width.with(block.getLong(at), index, refcount));
        empty = false;
      }
    }
    return empty ? null : block;
  }

  private void enter(long blockIndex, long hostOffset) throws ImageException {
    if ((blockIndex + 1) * Long.BYTES > MAX_TABLE_BYTES) {
      throw ImageException.unsupported(
          state.storage(), "a refcount table of more than " + MAX_TABLE_BYTES + " bytes");
    }
    if (blockIndex >= table.length) {
      table = Arrays.copyOf(table, (int) blockIndex * 2);
    }
    table[(int) blockIndex] = hostOffset;
    tableEntries = Math.max(tableEntries, blockIndex + 1);
  }

  private void writeTable() throws IOException {
    long clusters = tableClusters(tableEntries);
    ByteBuffer bytes = ByteBuffer.allocate((int) (clusters * state.header().clusterBytes()));
    bytes.asLongBuffer().put(table, 0, (int) tableEntries);
    write(next, bytes);
    Storage storage = state.storage();
    storage.sync();
    synchronized (state.dirty()) {
      state.patch().refcountTable(next << state.clusterBits(), clusters);
    }
    state.dirty().flush(state.files());
  }

  private void write(long cluster, ByteBuffer bytes) throws IOException {
    state.storage().write(bytes, cluster << state.clusterBits());
  }
}
