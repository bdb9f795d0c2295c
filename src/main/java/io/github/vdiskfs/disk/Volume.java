// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Bytes that can be read, written and searched for holes: a whole disk, or a part of one. Safe for
 * any number of threads.
 */
public interface Volume {
  /** Bytes of the volume. */
  long size();

  /** Guest offset, on the disk that stores it, of the volume's first byte. */
  long diskOffset();

  /**
   * Reads into {@code target} from its position to its limit, or to the end of the volume.
   *
   * @param offset not negative; past the end nothing is read
   * @throws IOException where a table or the host fails; the target's content is then undefined
   */
  void read(ByteBuffer target, long offset) throws IOException;

  /**
   * Writes {@code source} from its position to its limit, or to the end of the volume, where the
   * position then stands. Readers see the bytes at once; durable they are after {@link #flush}.
   *
   * @throws IOException where a table or the host fails; bytes of the range are old or new then
   */
  void write(ByteBuffer source, long offset) throws IOException;

  /**
   * Makes a range read as zero, clipped to the volume, and frees what it takes on the host; a
   * backing file's bytes do not come back.
   */
  void zero(long offset, long length) throws IOException;

  /**
   * Changes the size.
   *
   * @throws io.github.vdiskfs.image.ImageException of kind {@code FIXED_SIZE} where it cannot
   */
  void resize(long sizeBytes) throws IOException;

  /** The first offset at or after {@code offset} that is not a hole, or -1 where none follows. */
  long seekData(long offset) throws IOException;

  /** The first offset at or after {@code offset} that is a hole, or the size of the volume. */
  long seekHole(long offset) throws IOException;

  /** Returns when everything written is on the host's disk. */
  void flush() throws IOException;

  /** Writes changed tables to the host, so that nothing is lost with this process. */
  void flushTables() throws IOException;
}
