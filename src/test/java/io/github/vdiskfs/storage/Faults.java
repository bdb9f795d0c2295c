// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import java.io.IOException;

/** Counts the changes of all files of a folder and lets one of them fail, or all from it on. */
public final class Faults {
  private int calls;
  private int failAt = Integer.MAX_VALUE;
  private boolean forEver;
  private String message = "";
  private String failed = "";

  /**
   * Lets a call fail.
   *
   * @param call the call that fails, 0 being the next one
   * @param forEver all calls after it fail as well
   * @param message of the exception, such as the host's words for ENOSPC
   */
  public synchronized void failAt(int call, boolean forEver, String message) {
    this.calls = 0;
    this.failAt = call;
    this.forEver = forEver;
    this.message = message;
    this.failed = "";
  }

  /** No call fails any more. */
  public synchronized void stop() {
    failAt = Integer.MAX_VALUE;
    forEver = false;
  }

  /** Calls since {@link #failAt} or the beginning. */
  public synchronized int calls() {
    return calls;
  }

  /** The first call that failed, in words; empty where none did. */
  public synchronized String failed() {
    return failed;
  }

  /** True where this call fails. */
  synchronized boolean isNext(String call) {
    int number = calls++;
    boolean fails = forEver ? number >= failAt : number == failAt;
    if (fails && failed.isEmpty()) {
      failed = call;
    }
    return fails;
  }

  synchronized IOException exception(String call) {
    return new IOException(message + " (injected into " + call + ")");
  }
}
