// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class PatientLookTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final List<String> NAMES = List.of("a", "stuck", "z");

  private final PatientLook<String> patient = new PatientLook<>("it is left out");
  private final CountDownLatch host = new CountDownLatch(1);

  private String look(String name) {
    if (name.equals("stuck")) {
      try {
        host.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return name;
  }

  private List<String> seen() throws InterruptedIOException {
    List<String> seen = new ArrayList<>();
    patient.forEach(NAMES, this::look, seen::add);
    return seen;
  }

  @Test
  void leavesOutWhatDoesNotAnswerUntilItDoes() {
    assertTimeoutPreemptively(
        SOON,
        () -> {
          assertEquals(List.of("a", "z"), seen());
          assertEquals(List.of("a", "z"), seen());
          host.countDown();
          while (!seen().equals(NAMES)) {
            Thread.sleep(10);
          }
        });
  }

  @Test
  void throwsWhatALookThrows() {
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () ->
                patient.forEach(
                    NAMES,
                    name -> {
                      throw new IllegalStateException(name);
                    },
                    seen -> {}));
    assertEquals("a", e.getMessage());
  }

  @Test
  void leavesOutWhatEndsWithAnErrorThisTimeOnly() throws Exception {
    List<String> seen = new ArrayList<>();
    host.countDown();
    patient.forEach(
        NAMES,
        name -> {
          if (name.equals("a")) {
            throw new StackOverflowError(name);
          }
          return name;
        },
        seen::add);
    assertEquals(List.of("stuck", "z"), seen);
    assertEquals(NAMES, seen());
  }
}
