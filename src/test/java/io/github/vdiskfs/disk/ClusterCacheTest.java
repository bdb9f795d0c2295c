// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageInfo;
import io.github.vdiskfs.image.UnitArrays;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ClusterCacheTest {
  private static final int UNIT = 4096;
  private static final int BUDGET_UNITS = 4;

  private final FilledImage image = new FilledImage();
  private final ClusterCache cache = new ClusterCache(BUDGET_UNITS * UNIT);

  /** Units full of the byte that is their host offset; unit 13 is damaged. */
  private static final class FilledImage implements Image {
    final AtomicInteger decoded = new AtomicInteger();

    @Override
    public ImageInfo info() {
      return ImageInfo.plain("filled", 256 * UNIT, UNIT);
    }

    @Override
    public Extent map(long guestOffset, long length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public byte[] decode(Extent extent) throws IOException {
      decoded.incrementAndGet();
      if (extent.hostOffset() == 13) {
        throw new ImageException(ImageException.Kind.CORRUPT, "unit 13");
      }
      byte[] unit = UnitArrays.take(UNIT);
      Arrays.fill(unit, (byte) extent.hostOffset());
      return unit;
    }

    @Override
    public void close() {}
  }

  /** Wants everything, and counts what is over. */
  private static class Done implements ClusterCache.Wish {
    final Semaphore over = new Semaphore(0);

    @Override
    public boolean begin() {
      return true;
    }

    @Override
    public void end(boolean hasBegun) {
      over.release();
    }
  }

  /** Holds the thread that would decode until it is told to go on. */
  private static final class Stuck extends Done {
    final Semaphore begun = new Semaphore(0);
    final Semaphore goOn = new Semaphore(0);

    @Override
    public boolean begin() {
      begun.release();
      goOn.acquireUninterruptibly();
      return false;
    }
  }

  private static Extent unit(int number) {
    return Extent.compressed(new MemoryStorage("filled", new byte[0]), number, 1, 0, UNIT);
  }

  private void read(int number) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(UNIT);
    cache.read(image, unit(number), target);
    for (byte b : target.array()) {
      assertEquals((byte) number, b, "a byte of unit " + number);
    }
  }

  @Test
  void aUnitIsDecodedOnce() throws IOException {
    read(1);
    read(1);
    assertEquals(1, image.decoded.get());
  }

  @Test
  void theLeastRecentlyUsedUnitGoes() throws IOException {
    for (int number : new int[] {1, 2, 3, 4, 1, 5, 1}) {
      read(number);
    }
    assertEquals(5, image.decoded.get(), "1 stayed");
    read(2);
    assertEquals(6, image.decoded.get(), "2 went");
  }

  @Test
  void damageIsToldEachTimeAndSpoilsNoOther() throws IOException {
    ByteBuffer target = ByteBuffer.allocate(UNIT);
    for (int i = 0; i < 2; i++) {
      assertThrows(ImageException.class, () -> cache.read(image, unit(13), target));
    }
    assertEquals(2, image.decoded.get());
    read(1);
  }

  @Test
  void whatIsDecodedAheadIsThere() throws Exception {
    Done done = new Done();
    cache.decodeLater(image, unit(1), done);
    cache.decodeLater(image, unit(13), done);
    done.over.acquire(2);
    read(1);
    assertEquals(2, image.decoded.get());
    cache.decodeLater(image, unit(1), done);
    assertTrue(done.over.tryAcquire(), "what is there is not decoded again");
  }

  @Test
  @Timeout(60)
  void nobodyWaitsForWhatIsOnlyQueued() throws Exception {
    Stuck stuck = new Stuck();
    int threads = Math.min(4, Runtime.getRuntime().availableProcessors());
    for (int i = 0; i < threads; i++) {
      cache.decodeLater(image, unit(20 + i), stuck);
    }
    stuck.begun.acquire(threads);
    Done read = new Done();
    cache.decodeLater(image, unit(1), read);
    read(1);
    assertEquals(1, read.over.availablePermits(), "is over when the reader has taken it");
    Done forgotten = new Done();
    cache.decodeLater(image, unit(2), forgotten);
    cache.decodeLater(image, unit(3), forgotten);
    cache.forget(forgotten);
    assertEquals(2, forgotten.over.availablePermits());
    assertEquals(1, image.decoded.get());
    stuck.goOn.release(threads);
    stuck.over.acquire(threads);
    assertEquals(1, image.decoded.get(), "what is not wanted any more is not decoded");
    for (int number : new int[] {1, 2, 20}) {
      read(number);
    }
    assertEquals(3, image.decoded.get());
    assertEquals(1, read.over.availablePermits(), "is over once");
    assertEquals(2, forgotten.over.availablePermits());
  }

  @Test
  void memoryIsNotUsedAgainWhileSomebodyCopiesIt() throws Exception {
    long seed = System.nanoTime();
    ExecutorService readers = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        Random random = new Random(seed + thread);
        Callable<Boolean> reader = () -> readMany(random);
        all.add(readers.submit(reader));
      }
      for (Future<?> one : all) {
        assertEquals(true, one.get(), "seed " + seed);
      }
    } finally {
      readers.shutdown();
    }
  }

  private boolean readMany(Random random) throws IOException {
    for (int i = 0; i < 5000; i++) {
      int number = random.nextInt(12);
      cache.decodeLater(image, unit(random.nextInt(12)), new Done());
      read(number);
    }
    return true;
  }
}
