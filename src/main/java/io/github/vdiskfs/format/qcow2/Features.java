// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The feature bits of the header ("incompatible_features" and its neighbours). */
final class Features {
  /** One bit of a feature field. */
  record Bit(long mask) {
    boolean in(long features) {
      return (features & mask) != 0;
    }

    long with(long features) {
      return features | mask;
    }

    long without(long features) {
      return features & ~mask;
    }
  }

  /** Incompatible: refcounts may be out of date. Does not matter for reading. */
  static final Bit DIRTY = new Bit(1);

  /** Incompatible: damage was found by a writer. Reading is allowed. */
  static final Bit CORRUPT = new Bit(1 << 1);

  /** Incompatible: guest data is in a file of its own. */
  static final Bit EXTERNAL_DATA = new Bit(1 << 2);

  /** Incompatible: compressed clusters are not deflate streams. */
  static final Bit COMPRESSION_TYPE = new Bit(1 << 3);

  /** Incompatible: L2 entries of 16 bytes, with subclusters. */
  static final Bit EXTENDED_L2 = new Bit(1 << 4);

  /** Compatible: refcounts are written late. */
  static final Bit LAZY_REFCOUNTS = new Bit(1);

  /** Autoclear: the bitmaps extension is consistent with the data. */
  static final Bit BITMAPS = new Bit(1);

  /** Autoclear: the external data file is a raw disk by itself. */
  static final Bit RAW_EXTERNAL_DATA = new Bit(1 << 1);

  private static final long KNOWN_INCOMPATIBLE = 0x1F;

  /** Feature type of incompatible features in the name table. */
  private static final int INCOMPATIBLE = 0;

  /** Bytes of a name in the name table. */
  private static final int NAME_BYTES = 46;

  private static final int NAME_ENTRY_BYTES = 2 + NAME_BYTES;

  private Features() {}

  /** Refuses incompatible features that are not known, by the names that the image has for them. */
  static void check(Storage storage, Qcow2Header header) throws IOException {
    long unknown = header.incompatibleFeatures() & ~KNOWN_INCOMPATIBLE;
    if (unknown == 0) {
      return;
    }
    Map<Integer, String> names = names(storage, header);
    List<String> missing = new ArrayList<>();
    for (int bit = 0; bit < Long.SIZE; bit++) {
      if ((unknown >>> bit & 1) != 0) {
        String name = names.get(bit);
        missing.add(name == null ? "bit " + bit : "'" + name + "' (bit " + bit + ")");
      }
    }
    throw ImageException.unsupported(storage, "incompatible feature " + String.join(", ", missing));
  }

  /** The names of incompatible features, by bit; what can be read of them. */
  private static Map<Integer, String> names(Storage storage, Qcow2Header header)
      throws IOException {
    Map<Integer, String> names = new TreeMap<>();
    try {
      HeaderExtensions.forEach(
          storage,
          header,
          (type, length, in) -> {
            if (type == HeaderExtensions.FEATURE_NAMES) {
              readNames(in, length, names);
            }
          });
    } catch (ImageException e) {
      // A damaged extension matters less than the feature that is about to be reported.
    }
    return names;
  }

  private static void readNames(FieldReader in, long length, Map<Integer, String> names)
      throws IOException {
    for (long left = length; left >= NAME_ENTRY_BYTES; left -= NAME_ENTRY_BYTES) {
      int type = in.u8();
      int bit = in.u8();
      String name = in.text(NAME_BYTES).replaceAll("\\p{Cntrl}", "?");
      if (type == INCOMPATIBLE && bit < Long.SIZE) {
        names.putIfAbsent(bit, name);
      }
    }
  }
}
