// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.mount.StalePages;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeDropsTest {
  private static final long STUCK = 5;
  private static final long SOUND = 6;

  /** One more than a file may take. */
  private final ExecutorService threads = Executors.newFixedThreadPool(3);

  private final CountDownLatch inUse = new CountDownLatch(1);
  private final List<StalePages> dropped = new CopyOnWriteArrayList<>();
  private final NodeDrops drops = new NodeDrops(threads, this::drop);

  private void drop(StalePages stale) {
    if (stale.node() == STUCK) {
      awaitQuietly();
    }
    dropped.add(stale);
  }

  private void awaitQuietly() {
    try {
      inUse.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void end() {
    inUse.countDown();
    threads.shutdownNow();
  }

  @Test
  void pagesInUseKeepNoOtherFileWaiting() throws Exception {
    for (int i = 0; i < 100; i++) {
      CompletableFuture<Void> kept = drops.add(new StalePages(STUCK, i << 12, 4096));
      assertFalse(kept.isDone());
    }
    StalePages other = new StalePages(SOUND, 0, 4096);
    drops.add(other).get(20, TimeUnit.SECONDS);
    assertEquals(List.of(other), dropped);
  }

  @Test
  void aFileIsSettledBehindItsDropsAndNoOthers() throws Exception {
    drops.settled(STUCK).get(20, TimeUnit.SECONDS);
    List<CompletableFuture<Void>> kept = new ArrayList<>();
    kept.add(drops.add(new StalePages(STUCK, 0, 4096)));
    CompletableFuture<Void> one = drops.settled(STUCK);
    for (int i = 1; i < 4; i++) {
      kept.add(drops.add(new StalePages(STUCK, i << 12, 4096)));
    }
    CompletableFuture<Void> all = drops.settled(STUCK);
    drops.settled(SOUND).get(20, TimeUnit.SECONDS);
    assertFalse(one.isDone());
    assertFalse(all.isDone());
    inUse.countDown();
    one.get(20, TimeUnit.SECONDS);
    all.get(20, TimeUnit.SECONDS);
    kept.forEach(drop -> assertTrue(drop.isDone()));
    assertEquals(3, dropped.size());
  }

  @Test
  void rangesThatWaitAreDroppedTogether() throws Exception {
    List<CompletableFuture<Void>> kept = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      kept.add(drops.add(new StalePages(STUCK, i << 12, 4096)));
    }
    inUse.countDown();
    for (CompletableFuture<Void> drop : kept) {
      drop.get(20, TimeUnit.SECONDS);
    }
    drops.add(new StalePages(STUCK, 0, 1)).get(20, TimeUnit.SECONDS);
    assertEquals(4, dropped.size());
    assertEquals(
        1, dropped.stream().filter(new StalePages(STUCK, 2 << 12, 8 << 12)::equals).count());
  }
}
