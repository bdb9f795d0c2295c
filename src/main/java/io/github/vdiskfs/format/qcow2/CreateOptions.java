// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a new image shall be like, in the words of {@code qemu-img create -o}, and checked.
 *
 * @param version 2 ({@code compat=0.10}) or 3 ({@code compat=1.1})
 * @param clusterBits cluster size as a power of two
 * @param refcountOrder width of a refcount as a power of two
 * @param preallocated every cluster gets its place at once
 * @param dataFile name of the external data file, or null
 */
record CreateOptions(
    int version,
    int clusterBits,
    int refcountOrder,
    boolean lazyRefcounts,
    boolean extendedL2,
    int compressionType,
    boolean preallocated,
    @Nullable String dataFile,
    boolean dataFileRaw) {

  private static final Set<String> NAMES =
      Set.of(
          "cluster_size",
          "compat",
          "compression_type",
          "data_file",
          "data_file_raw",
          "extended_l2",
          "lazy_refcounts",
          "preallocation",
          "refcount_bits");

  private static final int MIN_CLUSTER_BITS = 9;
  private static final int MAX_CLUSTER_BITS = 21;

  /** With subclusters, which have 512 bytes at least. */
  private static final int MIN_SUBDIVIDED_CLUSTER_BITS = 14;

  private static final int MAX_REFCOUNT_BITS = 64;

  /** The only width that version 2 has. */
  private static final int V2_REFCOUNT_ORDER = 4;

  /** Reads and checks the words. */
  static CreateOptions of(Storage target, Map<String, String> words, boolean hasBacking)
      throws ImageException {
    Parser in = new Parser(target, words);
    in.checkNames();
    boolean raw = in.isOn("data_file_raw");
    CreateOptions options =
        new CreateOptions(
            in.oneOf("compat", "1.1", Map.of("0.10", 2, "v2", 2, "1.1", 3, "v3", 3)),
            in.powerOfTwo("cluster_size", "65536", 1L << MIN_CLUSTER_BITS, 1L << MAX_CLUSTER_BITS),
            in.powerOfTwo("refcount_bits", "16", 1, MAX_REFCOUNT_BITS),
            in.isOn("lazy_refcounts"),
            in.isOn("extended_l2"),
            in.oneOf(
                "compression_type",
                "zlib",
                Map.of("zlib", Qcow2Header.DEFLATE, "zstd", Qcow2Header.ZSTD)),
            in.oneOf("preallocation", "off", Map.of("off", 0, "metadata", 1)) == 1 || raw,
            words.get("data_file"),
            raw);
    options.check(target, hasBacking);
    return options;
  }

  private void check(Storage target, boolean hasBacking) throws ImageException {
    boolean needsV3 =
        lazyRefcounts
            || extendedL2
            || compressionType != Qcow2Header.DEFLATE
            || dataFile != null
            || refcountOrder != V2_REFCOUNT_ORDER;
    if (version == 2 && needsV3) {
      throw ImageException.unsupported(target, "compat=0.10 with options that only compat=1.1 has");
    }
    if (extendedL2 && clusterBits < MIN_SUBDIVIDED_CLUSTER_BITS) {
      throw ImageException.unsupported(target, "extended_l2=on with a cluster_size below 16384");
    }
    if (dataFileRaw && dataFile == null) {
      throw ImageException.unsupported(target, "data_file_raw=on without data_file");
    }
    if (dataFileRaw && hasBacking) {
      throw ImageException.unsupported(target, "data_file_raw=on with a backing file");
    }
    if (preallocated && hasBacking && !extendedL2) {
      throw ImageException.unsupported(
          target, "preallocation with a backing file, unless with extended_l2=on");
    }
  }

  /** Looks words up. */
  private record Parser(Storage target, Map<String, String> words) {
    void checkNames() throws ImageException {
      Set<String> unknown = new TreeSet<>(words.keySet());
      unknown.removeAll(NAMES);
      if (!unknown.isEmpty()) {
        throw ImageException.unsupported(
            target, "option " + String.join(", ", unknown) + "; known are " + new TreeSet<>(NAMES));
      }
    }

    private String word(String name, String otherwise) {
      return words.getOrDefault(name, otherwise).toLowerCase(Locale.ROOT);
    }

    boolean isOn(String name) throws ImageException {
      return oneOf(name, "off", Map.of("on", 1, "off", 0)) == 1;
    }

    int oneOf(String name, String otherwise, Map<String, Integer> values) throws ImageException {
      Integer value = values.get(word(name, otherwise));
      if (value == null) {
        throw bad(name, "one of " + new TreeSet<>(values.keySet()));
      }
      return value;
    }

    /** A power of two, as its exponent; with one of the suffixes that QEMU has for bytes. */
    int powerOfTwo(String name, String otherwise, long least, long most) throws ImageException {
      String word = word(name, otherwise);
      int suffix = "bkm".indexOf(word.isEmpty() ? " " : word.substring(word.length() - 1));
      long value;
      try {
        value = Long.parseLong(suffix < 0 ? word : word.substring(0, word.length() - 1));
      } catch (NumberFormatException e) {
        throw bad(name, "a number");
      }
      if (value < 1 || value > most) {
        throw bad(name, "a power of two, " + least + " to " + most);
      }
      long scaled = value << (10 * Math.max(0, suffix));
      if (Long.bitCount(scaled) != 1 || scaled < least || scaled > most) {
        throw bad(name, "a power of two, " + least + " to " + most);
      }
      return Long.numberOfTrailingZeros(scaled);
    }

    private ImageException bad(String name, String expected) {
      return ImageException.unsupported(
          target, "option " + name + "=" + words.get(name) + ", expected " + expected);
    }
  }
}
