// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import io.github.vdiskfs.storage.Storage;
import java.io.Closeable;
import java.io.IOException;

/**
 * Host space for a range of guest bytes that no reader can see yet. Either {@link #publish} links
 * it into the tables, or {@link #close} gives it back.
 */
public interface Reservation extends Closeable {
  /** First guest byte; a multiple of the unit. */
  long guestOffset();

  /** Guest bytes, up to the end of the disk at most. */
  long length();

  /** The host file of the space. */
  Storage storage();

  /** Where the first guest byte goes; the range is contiguous on the host. */
  long hostOffset();

  /**
   * Host bytes of the space, at least {@link #length}; bytes behind the end of the disk must become
   * zero as well.
   */
  long hostLength();

  /** True where the space reads as zero already, so that zeroes need not be written to it. */
  boolean isZeroed();

  /**
   * Links the space: from here on the range reads as what was written to it. The old space is freed
   * when that is durable.
   */
  void publish() throws IOException;

  /** Gives the space back, unless it was published. */
  @Override
  void close() throws IOException;
}
