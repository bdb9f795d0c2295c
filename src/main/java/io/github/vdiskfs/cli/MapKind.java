// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import io.github.vdiskfs.disk.DiskMap.Range;
import java.util.Locale;

/** What a place of a disk is, in a picture of it; the most interesting kinds first. */
enum MapKind {
  /** Bytes as they are, in the image itself. */
  DATA("\u2588", "#", "32"),
  /** Compressed bytes, in the image itself. */
  COMPRESSED("\u2593", "%", "36"),
  /** Bytes of any sort, in one of the files that the image is based on. */
  BACKING("\u2592", "=", "33"),
  /** Zeroes by the word of a table; they hide what a backing file has there. */
  ZERO("\u2591", "0", "34"),
  /** Nothing: no table and no host file stores anything for it. */
  HOLE("\u00b7", ".", "90");

  private final String glyph;
  private final String ascii;
  private final String colour;

  MapKind(String glyph, String ascii, String colour) {
    this.glyph = glyph;
    this.ascii = ascii;
    this.colour = colour;
  }

  /**
   * The kind of a range.
   *
   * @param raw the layer that decides it is a raw file, whose zeroes are holes of the host file
   */
  static MapKind of(Range range, boolean raw) {
    if (!range.present()) {
      return HOLE;
    }
    if (range.zero()) {
      return raw || range.data() ? HOLE : ZERO;
    }
    if (range.depth() > 0) {
      return BACKING;
    }
    return range.compressed() ? COMPRESSED : DATA;
  }

  /** Bytes are stored for it somewhere. */
  boolean isStored() {
    return this == DATA || this == COMPRESSED || this == BACKING;
  }

  /** The character that stands for it. */
  String glyph(boolean unicode) {
    return unicode ? glyph : ascii;
  }

  /** The parameter of the terminal's colour sequence. */
  String colour() {
    return colour;
  }

  /** Its word in a legend. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
