// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import java.io.IOException;

/**
 * The write side of one opened image: it finds host space and changes tables, and moves no guest
 * bytes. Whoever writes (one loop, in {@code disk}) asks for a {@link Placement}; where that says
 * "not in place" it reserves host space, fills it, and publishes.
 *
 * <p>Invariants that every implementation keeps:
 *
 * <ul>
 *   <li>On disk, a unit's reference count is at least the number of references to it at every
 *       instant: a crash may leak space, never share it.
 *   <li>Nothing is visible before its data is written, and nothing is durable before what it points
 *       to is ({@link DirtyTables.Stage}).
 *   <li>Nothing is used again before its unlinking is durable ({@link DirtyTables#whenDurable}).
 *   <li>Free space is derived from the tables, never from a counter in a header.
 *   <li>A range of the disk that nobody wrote is never given other bytes: what is reserved and
 *       published reads, outside of what was written, as it did before.
 * </ul>
 *
 * <p>Safe for any number of threads. The caller sees to it that nobody reads or writes a range
 * while it is reserved, zeroed or cut off.
 */
public interface ImageWriter {
  /**
   * Where guest bytes go.
   *
   * @param inPlace they may be written at {@code hostOffset} with no change to any table
   * @param length bytes that the answer holds for, at least 1
   * @param target the extent in place; for other answers one of kind {@code HOLE}
   */
  record Placement(boolean inPlace, long length, Extent target) {
    /** Bytes may be overwritten where they are. */
    public static Placement inPlace(Extent target) {
      return new Placement(true, target.length(), target);
    }

    /** Host space must be reserved first. */
    public static Placement reserve(long length) {
      return new Placement(false, length, Extent.hole(length));
    }
  }

  /**
   * Bytes of the smallest range that can be reserved or zeroed by itself: a cluster, sub-cluster,
   * block, grain or sector; a power of two. Ranges start at a multiple of it and end at one, or at
   * the end of the disk.
   */
  long unit();

  /**
   * Where the bytes from {@code guestOffset} on would be written.
   *
   * @param length at least 1; the answer is clipped to it and to the end of the disk
   */
  Placement placement(long guestOffset, long length) throws IOException;

  /**
   * Finds host space for a range that is not in place. It may answer for less than was asked for,
   * but for at least one unit.
   *
   * @param guestOffset a multiple of {@link #unit}
   * @param length a multiple of it, or up to the end of the disk
   * @throws IOException where there is no space; nothing has changed then
   */
  Reservation reserve(long guestOffset, long length) throws IOException;

  /**
   * Makes a range read as zero by changing tables, never showing a backing file's bytes, and gives
   * its space back.
   *
   * @param guestOffset a multiple of {@link #unit}
   * @param length a multiple of it, or up to the end of the disk
   * @return bytes from the start of the range that now read as zero; 0 where the format cannot say
   *     so for its first unit, which the caller then fills with zero bytes
   */
  long zero(long guestOffset, long length) throws IOException;

  /**
   * Fails where the disk cannot get a size: asked before it grows to that in steps.
   *
   * @throws ImageException of kind {@code FIXED_SIZE}
   */
  default void checkSize(long sizeBytes) throws IOException {}

  /**
   * Changes the size of the disk; what is new reads as zero.
   *
   * @throws ImageException of kind {@code FIXED_SIZE} where the format or sub-format cannot
   */
  void resize(long sizeBytes) throws IOException;

  /**
   * Returns when everything written and published so far is on the host's disk, data and tables.
   *
   * @throws IOException where it may not be; the image then refuses every further change
   */
  void flush() throws IOException;

  /** Memory that changed tables hold until {@link #flush}; 0 where nothing is changed. */
  long dirtyBytes();

  /**
   * Ends writing: flushes, and leaves the image as a clean writer does. Reading goes on.
   *
   * @throws IOException as {@link #flush}
   */
  void finish() throws IOException;
}
