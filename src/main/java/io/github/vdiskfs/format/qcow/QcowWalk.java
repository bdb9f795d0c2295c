// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow;

import io.github.vdiskfs.image.SparseBits;
import io.github.vdiskfs.image.TablePage;
import io.github.vdiskfs.image.UnitSet;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;

/**
 * Goes through all tables: nothing may lie outside of the file, and no two things in one place,
 * except that compressed clusters may share sectors. What is remembered is bounded.
 */
final class QcowWalk {
  private static final long SECTOR_BYTES = 512;

  /** Hears what the tables say. */
  interface Listener {
    /** Something is wrong; the walk goes on without it, unless this throws. */
    void problem(String what) throws IOException;

    /** Host bytes of header, backing file name or a table. */
    void metadata(long hostOffset, long length) throws IOException;

    /** A sound plain cluster. */
    void cluster(long hostOffset) throws IOException;

    /** A sound compressed cluster. */
    void compressed(long guestOffset, long hostOffset, int length) throws IOException;

    /** The walk is at an L1 entry. */
    default void at(long l1Index) throws IOException {}
  }

  private final Storage storage;
  private final QcowHeader header;
  private final QcowTables tables;
  private final Listener listener;
  private final long l1Entries;
  private final SparseBits metadata = new SparseBits();
  private final SparseBits compressed = new SparseBits();
  private final SparseBits badTables = new SparseBits();
  private final UnitSet clusters;

  QcowWalk(Storage storage, QcowHeader header, QcowTables tables, Listener listener) {
    this.storage = storage;
    this.header = header;
    this.tables = tables;
    this.listener = listener;
    this.l1Entries = header.isGrowable() ? 0 : header.l1Entries();
    this.clusters = new UnitSet(header.clusterBytes() / SECTOR_BYTES);
  }

  private static long sectorsTo(long hostOffset) {
    return (hostOffset + SECTOR_BYTES - 1) / SECTOR_BYTES;
  }

  void run() throws IOException {
    addMetadata(0, QcowHeader.BYTES);
    addMetadata(header.backingFileOffset(), header.backingFileSize());
    long l1Bytes = header.l1Entries() * QcowTables.ENTRY_BYTES;
    if (header.l1TableOffset() < QcowHeader.BYTES
        || header.l1TableOffset() > storage.size() - l1Bytes) {
      listener.problem("the L1 table does not lie inside the file");
      return;
    }
    addMetadata(header.l1TableOffset(), l1Bytes);
    for (long l1Index = 0; l1Index < l1Entries; l1Index++) {
      table(l1Index);
    }
    for (long l1Index = 0; l1Index < l1Entries; l1Index++) {
      listener.at(l1Index);
      if (tables.l2Offset(l1Index) != 0 && !badTables.contains(l1Index)) {
        clusters(l1Index);
      }
    }
  }

  private void addMetadata(long hostOffset, long length) throws IOException {
    metadata.addAll(hostOffset / SECTOR_BYTES, sectorsTo(hostOffset + length));
    listener.metadata(hostOffset, length);
  }

  private void table(long l1Index) throws IOException {
    long hostOffset = tables.l2Offset(l1Index);
    if (hostOffset == 0) {
      return;
    }
    long length = header.l2Entries() * QcowTables.ENTRY_BYTES;
    String what = "L2 table " + l1Index + " at host offset " + hostOffset;
    if (hostOffset < 0 || hostOffset > storage.size() - length) {
      badTables.add(l1Index);
      listener.problem(what + " does not lie inside the file");
    } else if (metadata.containsAny(hostOffset / SECTOR_BYTES, sectorsTo(hostOffset + length))) {
      badTables.add(l1Index);
      listener.problem(what + " overlaps with header or tables");
    } else {
      addMetadata(hostOffset, length);
    }
  }

  private void clusters(long l1Index) throws IOException {
    TablePage page = tables.l2(tables.l2Offset(l1Index)).page(0);
    for (long l2Index = 0; l2Index < page.end(); l2Index++) {
      long entry = page.int64(l2Index);
      long guestOffset = (l1Index << header.l1Shift()) + (l2Index << header.clusterBits());
      switch (QcowEntry.kind(entry)) {
        case UNALLOCATED -> {}
        case DATA -> plain(guestOffset, entry);
        case COMPRESSED ->
            compressed(
                guestOffset,
                QcowEntry.compressedOffset(entry, header.clusterBits()),
                QcowEntry.compressedBytes(entry, header.clusterBits()));
        case INVALID ->
            listener.problem(
                String.format(
                    "guest offset %d has the impossible L2 entry 0x%016x", guestOffset, entry));
      }
    }
  }

  private void plain(long guestOffset, long hostOffset) throws IOException {
    String what = "cluster of guest offset " + guestOffset + " at host offset " + hostOffset;
    long first = hostOffset / SECTOR_BYTES;
    long end = first + header.clusterBytes() / SECTOR_BYTES;
    if (hostOffset >= storage.size()) {
      listener.problem(what + " does not lie inside the file");
    } else if (metadata.containsAny(first, end)) {
      listener.problem(what + " overlaps with header or tables");
    } else if (compressed.containsAny(first, end) || !clusters.add(first)) {
      listener.problem(what + " overlaps with another cluster");
    } else {
      listener.cluster(hostOffset);
    }
  }

  private void compressed(long guestOffset, long hostOffset, int length) throws IOException {
    String what =
        "compressed cluster of guest offset " + guestOffset + " at host offset " + hostOffset;
    long first = hostOffset / SECTOR_BYTES;
    long end = sectorsTo(hostOffset + length);
    if (hostOffset > storage.size() - length) {
      listener.problem(what + " does not lie inside the file");
    } else if (metadata.containsAny(first, end)) {
      listener.problem(what + " overlaps with header or tables");
    } else if (clusters.touches(first, end)) {
      listener.problem(what + " overlaps with another cluster");
    } else {
      compressed.addAll(first, end);
      listener.compressed(guestOffset, hostOffset, length);
    }
  }
}
