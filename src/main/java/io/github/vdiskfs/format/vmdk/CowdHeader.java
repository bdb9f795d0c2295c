// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The header of an ESX sparse extent, "COWDisk_Header" of the Virtual Disk Format 5.0, section "ESX
 * Server Sparse Extents". Four sectors, little-endian; all fields are of 32 bits.
 *
 * @param numSectors capacity in sectors
 * @param grainSize sectors of a grain; ESX writes 1
 * @param gdOffset sector of the grain directory; ESX writes 4
 * @param numGDEntries entries of the grain directory
 * @param uncleanShutdown the last writer did not close the file
 */
record CowdHeader(
    long version,
    long numSectors,
    long grainSize,
    long gdOffset,
    long numGDEntries,
    boolean uncleanShutdown) {

  /** The bytes "COWD", read as a little-endian number. */
  static final int MAGIC = 0x44574F43;

  private static final int UNCLEAN_AT = 1648;

  /** Entries of every grain table: fixed by the specification. */
  private static final int GTES = 4096;

  /** 512 MiB: a bound that keeps byte counts inside an int; ESX writes 512 bytes. */
  private static final int MAX_GRAIN = 1 << 20;

  /** Reads and checks the header. */
  static CowdHeader read(Storage storage) throws IOException {
    ByteBuffer b = Sectors.read(storage, 0, SparseGeometry.ESX_HEADER_SECTORS * Sectors.BYTES);
    CowdHeader header =
        new CowdHeader(
            unsigned(b, 4),
            unsigned(b, 12),
            unsigned(b, 16),
            unsigned(b, 20),
            unsigned(b, 24),
            b.getInt(UNCLEAN_AT) != 0);
    header.check(storage);
    return header;
  }

  private static long unsigned(ByteBuffer b, int at) {
    return b.getInt(at) & 0xFFFFFFFFL;
  }

  private void check(Storage storage) throws ImageException {
    if (version != 1) {
      throw ImageException.unsupported(storage, "ESX sparse extent version " + version);
    }
    if (numSectors == 0) {
      throw ImageException.unsupported(storage, "a sparse extent without capacity");
    }
    if (grainSize < 1 || grainSize > MAX_GRAIN || Long.bitCount(grainSize) != 1) {
      throw ImageException.badField(
          storage, "grainSize", grainSize, "a power of two from 1 to " + MAX_GRAIN);
    }
    long entries = SparseGeometry.gdEntries(numSectors, grainSize, GTES);
    if (numGDEntries < entries) {
      throw ImageException.badField(
          storage, "numGDEntries", numGDEntries, "at least " + entries + " for the capacity");
    }
  }

  /** The layout of the tables. */
  SparseGeometry geometry() {
    return new SparseGeometry(
        numSectors,
        (int) grainSize,
        GTES,
        gdOffset * Sectors.BYTES,
        0,
        SparseGeometry.ESX_HEADER_SECTORS,
        false,
        false,
        false);
  }

  /** What else matters to a writer. */
  SparseFacts facts() {
    return new SparseFacts(null, uncleanShutdown, SparseGeometry.ESX_HEADER_SECTORS, 0, 0, false);
  }
}
