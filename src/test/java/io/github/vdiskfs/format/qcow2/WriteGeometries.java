// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.Geometry;
import io.github.vdiskfs.image.TestImages;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/** The shapes of qcow2 image that its write side is proved on. */
final class WriteGeometries {
  private static final String FOLDER = "qcow2-write/";
  private static final int SIZE = 300 << 10;

  private WriteGeometries() {}

  static List<Geometry> all() {
    return List.of(
        created("cluster_size=512"),
        created("cluster_size=512,refcount_bits=64"),
        created("cluster_size=1k,refcount_bits=1"),
        created("cluster_size=1k,refcount_bits=2,lazy_refcounts=on"),
        created("cluster_size=2k,refcount_bits=4,compression_type=zstd"),
        created("cluster_size=4k,refcount_bits=8"),
        created("cluster_size=4k,preallocation=metadata"),
        created("cluster_size=512,compat=0.10"),
        created("cluster_size=64k"),
        created("cluster_size=16k,extended_l2=on"),
        created("cluster_size=16k,extended_l2=on,preallocation=metadata"),
        created("cluster_size=4k,data_file=data.raw"),
        created("cluster_size=16k,extended_l2=on,data_file=data.raw"),
        created("cluster_size=4k,data_file=data.raw,data_file_raw=on"),
        overlay("cluster_size=1k", SIZE),
        overlay("cluster_size=4k,compat=0.10", SIZE / 2),
        overlay("cluster_size=16k,extended_l2=on", SIZE * 2),
        sample("snapshots.qcow2").withResize(),
        sample("snapshots-v2.qcow2"),
        sample("snapshots-extended.qcow2").withResize(),
        sample("packed.qcow2").withResize(),
        sample("packed-snapshots.qcow2").withResize(),
        sample("packed-extended.qcow2").withResize(),
        sample("external.qcow2", "data.raw").withResize());
  }

  private static Geometry created(String words) {
    return Geometry.created(new Qcow2Format(), SIZE, options(words)).withResize();
  }

  private static Geometry overlay(String words, int baseBytes) {
    byte[] base = new byte[baseBytes];
    for (int i = 0; i < base.length; i++) {
      base[i] = (byte) (i / 512 % 3 == 0 ? 0 : i / 512 % 251 + 1);
    }
    return Geometry.overlay(new Qcow2Format(), SIZE, options(words), base).withResize();
  }

  static Geometry sample(String name, String... others) {
    return Geometry.of(
        "sample " + name,
        name,
        folder -> {
          folder.putAll(Map.of(name, bytes(name)));
          for (String other : others) {
            folder.putAll(Map.of(other, bytes(other)));
          }
        });
  }

  static byte[] bytes(String name) throws IOException {
    byte[] packed = TestImages.bytes(FOLDER + name + ".gz");
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return in.readAllBytes();
    }
  }

  static Map<String, String> options(String words) {
    Map<String, String> options = new TreeMap<>();
    for (String word : words.split(",", -1)) {
      int equals = word.indexOf('=');
      options.put(word.substring(0, equals), word.substring(equals + 1));
    }
    return options;
  }
}
