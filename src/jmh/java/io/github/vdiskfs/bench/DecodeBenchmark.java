// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.bench;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import io.github.vdiskfs.posix.LibDeflate;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
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

/** Unpacking a cluster of 64 KiB that holds text. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecodeBenchmark {
  private static final int UNIT = 1 << 16;

  private final byte[] unit = new byte[UNIT];
  private final Inflater inflater = new Inflater(true);
  private final ZstdDecompressCtx zstdContext = new ZstdDecompressCtx();
  private byte[] deflated;
  private byte[] zstd;

  @Setup
  public void pack() {
    byte[] text = text();
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    deflater.setInput(text);
    deflater.finish();
    byte[] room = new byte[2 * UNIT];
    deflated = Arrays.copyOf(room, deflater.deflate(room));
    zstd = Zstd.compress(text);
  }

  private static byte[] text() {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder();
    while (text.length() < UNIT) {
      text.append("Nov 24 host service[").append(random.nextInt(3000)).append("]: request ");
      text.append(random.nextLong()).append(" answered\n");
    }
    return text.substring(0, UNIT).getBytes(StandardCharsets.US_ASCII);
  }

  @Benchmark
  public boolean libdeflate() {
    return LibDeflate.unpack(deflated, deflated.length, unit, true);
  }

  @Benchmark
  public int javaUtilZip() throws DataFormatException {
    inflater.reset();
    inflater.setInput(deflated);
    return inflater.inflate(unit);
  }

  @Benchmark
  public int zstd() {
    return zstdContext.decompressByteArray(unit, 0, UNIT, zstd, 0, zstd.length);
  }
}
