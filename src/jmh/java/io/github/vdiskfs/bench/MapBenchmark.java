// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.bench;

import io.github.vdiskfs.format.qcow2.Qcow2Format;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Looking up guest offsets in a qcow2 image of 4 GiB whose tables are cached. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MapBenchmark {
  private static final int CLUSTER = 1 << 16;
  private static final int L2_ENTRIES = CLUSTER / 8;
  private static final int TABLES = 8;
  private static final long SIZE_BYTES = (long) TABLES * L2_ENTRIES * CLUSTER;
  private static final long COPIED = 1L << 63;

  private final SplittableRandom random = new SplittableRandom(1);
  private Image image;
  private long offset;

  @Setup
  public void open() throws IOException {
    ByteBuffer file = ByteBuffer.allocate((3 + TABLES) * CLUSTER);
    file.putInt(0, 0x514649FB).putInt(4, 3).putInt(20, 16).putLong(24, SIZE_BYTES);
    file.putInt(36, TABLES).putLong(40, 2 * CLUSTER).putLong(48, CLUSTER).putInt(56, 1);
    file.putInt(96, 4).putInt(100, 104);
    for (int table = 0; table < TABLES; table++) {
      int l2Offset = (3 + table) * CLUSTER;
      file.putLong(2 * CLUSTER + 8 * table, COPIED | l2Offset);
      for (int i = 0; i < L2_ENTRIES; i++) {
        long number = (long) table * L2_ENTRIES + i;
        file.putLong(l2Offset + 8 * i, COPIED | (3 + TABLES + number) * CLUSTER);
      }
    }
    MemoryStorage storage = new MemoryStorage("map.qcow2", file.array());
    TableCache tables = new TableCache(64 << 20);
    image = new Qcow2Format().open(storage, new ImageFormat.Context(null, tables));
  }

  /** Requests of 1 MiB, one behind the other: 16 clusters each. */
  @Benchmark
  public Extent sequential() throws IOException {
    offset = (offset + (1 << 20)) % SIZE_BYTES;
    return image.map(offset, 1 << 20);
  }

  /** Requests of 4 KiB anywhere. */
  @Benchmark
  public Extent random() throws IOException {
    return image.map(random.nextLong(SIZE_BYTES / 4096) * 4096, 4096);
  }
}
