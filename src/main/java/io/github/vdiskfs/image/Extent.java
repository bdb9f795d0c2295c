// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import io.github.vdiskfs.storage.Storage;
import org.jspecify.annotations.Nullable;

/**
 * Where a run of guest bytes lives. The run starts at the guest offset that was asked for.
 *
 * @param length guest bytes that the answer covers, at least 1
 * @param storage the host file of {@code DATA}, {@code FLAT} and {@code COMPRESSED}, and of a
 *     {@code ZERO}, {@code BACKING} or {@code HOLE} that has host space allocated; null otherwise
 * @param hostOffset the host position of the first guest byte of the run where there is host space;
 *     for {@code COMPRESSED} that of the compressed unit
 * @param hostLength for {@code COMPRESSED} the most host bytes that the compressed unit takes
 * @param skip for {@code COMPRESSED} the guest bytes of the unit that lie before the run
 */
public record Extent(
    Kind kind, long length, @Nullable Storage storage, long hostOffset, int hostLength, int skip) {

  /** The legal kinds of extent. */
  public enum Kind {
    /** Bytes as they are, at {@code hostOffset}. */
    DATA,
    /**
     * Bytes as they are, at {@code hostOffset}, in a file whose own holes are the disk's holes: the
     * image has no table that would know them.
     */
    FLAT,
    /** A part of a compressed unit that {@link Image#decode} unpacks. */
    COMPRESSED,
    /** Explicitly zero: hides what a backing file has there. */
    ZERO,
    /** Nothing stored; reads as zero. */
    HOLE,
    /** Nothing stored here; the backing file decides, and zero where there is none. */
    BACKING
  }

  /** Plain data. */
  public static Extent data(Storage storage, long hostOffset, long length) {
    return new Extent(Kind.DATA, length, storage, hostOffset, 0, 0);
  }

  /** Plain data whose holes the host file knows. */
  public static Extent flat(Storage storage, long hostOffset, long length) {
    return new Extent(Kind.FLAT, length, storage, hostOffset, 0, 0);
  }

  /** A part of a compressed unit. */
  public static Extent compressed(
      Storage storage, long hostOffset, int hostLength, int skip, long length) {
    return new Extent(Kind.COMPRESSED, length, storage, hostOffset, hostLength, skip);
  }

  /** Zeroes without host space. */
  public static Extent zero(long length) {
    return new Extent(Kind.ZERO, length, null, 0, 0, 0);
  }

  /** Zeroes that keep host space allocated. */
  public static Extent zero(Storage storage, long hostOffset, long length) {
    return new Extent(Kind.ZERO, length, storage, hostOffset, 0, 0);
  }

  /** Nothing stored. */
  public static Extent hole(long length) {
    return new Extent(Kind.HOLE, length, null, 0, 0, 0);
  }

  /** Left to the backing file. */
  public static Extent backing(long length) {
    return new Extent(Kind.BACKING, length, null, 0, 0, 0);
  }

  /** Left to the backing file, with host space in reserve. */
  public static Extent backing(Storage storage, long hostOffset, long length) {
    return new Extent(Kind.BACKING, length, storage, hostOffset, 0, 0);
  }

  /** A {@code BACKING} extent where no backing file follows: nothing stored. */
  public Extent toHole() {
    return new Extent(Kind.HOLE, length, storage, hostOffset, 0, 0);
  }

  /** The storage of an extent that has one by its kind. */
  public Storage requireStorage() {
    if (storage == null) {
      throw new IllegalStateException("no storage in " + this);
    }
    return storage;
  }

  /** The same extent, not longer than {@code most}. */
  public Extent clip(long most) {
    return length <= most ? this : new Extent(kind, most, storage, hostOffset, hostLength, skip);
  }

  /** True where the guest sees zeroes without anything being read. */
  public boolean readsAsZero() {
    return kind == Kind.ZERO || kind == Kind.HOLE;
  }
}
