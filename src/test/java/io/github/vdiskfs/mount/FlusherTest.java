// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.vdiskfs.disk.TestDisks;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.format.qcow2.Qcow2Format;
import io.github.vdiskfs.image.ImageFormat.Creation;
import io.github.vdiskfs.storage.FilterStorage;
import io.github.vdiskfs.storage.MemoryFolder;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** What the clock brings to the host while a disk's host fails or hangs. */
@Timeout(60)
class FlusherTest {
  private static final int PERIOD_MILLIS = 5;
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Logger logger = (Logger) LoggerFactory.getLogger(Flusher.class);
  private final ListAppender<ILoggingEvent> messages = new ListAppender<>();

  /** What {@code sync} does on the host of one disk. */
  private interface Sync {
    void run() throws IOException;
  }

  private static VirtualDisk disk(Sync sync) throws IOException {
    MemoryFolder making = new MemoryFolder();
    try (Storage target = making.create("disk")) {
      new Qcow2Format().create(target, new Creation(1 << 20, Map.of(), null, making));
    }
    MemoryFolder folder =
        new MemoryFolder(
            storage ->
                new FilterStorage(storage) {
                  @Override
                  public void sync() throws IOException {
                    sync.run();
                    super.sync();
                  }
                });
    folder.putAll(making.contents());
    VirtualDisk disk = TestDisks.open(folder, "disk", new Qcow2Format());
    disk.startWriting();
    return disk;
  }

  private static void write(VirtualDisk disk) throws IOException {
    disk.write(ByteBuffer.wrap(new byte[] {1}), 0);
  }

  private static Flusher.Written named(String name, VirtualDisk disk) {
    return new Flusher.Written(Path.of(name), disk);
  }

  @BeforeEach
  void listen() {
    messages.start();
    logger.addAppender(messages);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(messages);
  }

  private static void awaitClean(VirtualDisk disk) {
    assertTimeoutPreemptively(
        SOON,
        () -> {
          while (disk.dirtyBytes() > 0) {
            Thread.sleep(PERIOD_MILLIS);
          }
        });
  }

  @Test
  void aDiskThatHangsKeepsNoOtherWaiting() throws IOException {
    CountDownLatch hangs = new CountDownLatch(1);
    Flusher flusher;
    try (VirtualDisk stuck = disk(() -> awaitQuietly(hangs));
        VirtualDisk sound = disk(() -> {})) {
      write(stuck);
      write(sound);
      flusher = new Flusher(() -> List.of(named("stuck", stuck), named("sound", sound)));
      flusher.start(PERIOD_MILLIS);
      awaitClean(sound);
      write(sound);
      sound.zero(0, 1 << 20);
      awaitClean(sound);
      assertTrue(stuck.dirtyBytes() > 0);
      hangs.countDown();
      awaitClean(stuck);
      flusher.close();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aFailureIsLoggedOnceAndToldByEveryFlush() throws Exception {
    AtomicInteger syncs = new AtomicInteger();
    VirtualDisk broken =
        disk(
            () -> {
              syncs.incrementAndGet();
              throw new IOException("the host is gone");
            });
    write(broken);
    Flusher flusher = new Flusher(() -> List.of(named("web.qcow2", broken)));
    flusher.start(PERIOD_MILLIS);
    assertTimeoutPreemptively(
        SOON,
        () -> {
          while (messages.list.isEmpty()) {
            Thread.sleep(PERIOD_MILLIS);
          }
        });
    Thread.sleep(20 * PERIOD_MILLIS);
    flusher.flushAll();
    flusher.close();
    assertEquals(1, syncs.get());
    assertEquals(1, messages.list.size());
    String message = messages.list.get(0).getFormattedMessage();
    assertTrue(message.startsWith("web.qcow2: ") && message.contains("the host is gone"), message);
    for (int i = 0; i < 2; i++) {
      IOException e = assertThrows(IOException.class, broken::flush);
      assertTrue(e.getMessage().contains("the host is gone"), e.getMessage());
    }
    assertThrows(IOException.class, broken::close);
  }
}
