// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One host file as a row of bytes. Positional, safe for any number of threads; no method moves a
 * shared position.
 *
 * <p>Equality is identity: two objects are two openings, even of the same file.
 */
public interface Storage extends Closeable {
  /** The file's path, for messages and for {@code qemu-img}'s {@code filename} fields. */
  String name();

  /** Bytes in the file, as of its opening or the last change made through this object. */
  long size();

  /**
   * Fills {@code target} from its position to its limit with the bytes from {@code offset} on. Past
   * the end of the file the bytes read as zero, as if the file went on as a hole: whoever must know
   * the difference compares with {@link #size} first.
   *
   * @throws IOException where the host cannot read; the content of {@code target} is then undefined
   */
  void read(ByteBuffer target, long offset) throws IOException;

  /**
   * The first offset at or after {@code offset} that the host stores data for, or {@link #size}
   * where only a hole follows. Hosts that cannot tell answer {@code offset}.
   */
  long nextData(long offset) throws IOException;

  /** The first offset after {@code offset} that is a hole of the host file, or {@link #size}. */
  long nextHole(long offset) throws IOException;

  /** Host space that the file occupies, in bytes. */
  long allocatedSize() throws IOException;

  /** When the file was last modified, as of its opening, in seconds since 1970; 0 where unknown. */
  default long modifiedSeconds() {
    return 0;
  }

  /**
   * Makes the file writable, if it is not yet: until then it is open for reading only.
   *
   * @throws IOException where the host does not allow it
   */
  void allowWriting() throws IOException;

  /**
   * Writes {@code source} from its position to its limit; a file that ends before is extended. Not
   * durable before {@link #sync}.
   *
   * @throws IOException where the host cannot write, for instance because it is full: parts of the
   *     range may then be written
   */
  void write(ByteBuffer source, long offset) throws IOException;

  /**
   * Makes a range read as zero and gives its host space back where the host can. The file's size
   * stays; what lies past its end is left alone.
   */
  void zero(long offset, long length) throws IOException;

  /** Sets the file's size; what is new reads as zero. */
  void truncate(long size) throws IOException;

  /**
   * Returns when everything written is on the host's disk.
   *
   * @throws IOException where it may not be; asking again does not help
   */
  void sync() throws IOException;

  @Override
  void close() throws IOException;
}
