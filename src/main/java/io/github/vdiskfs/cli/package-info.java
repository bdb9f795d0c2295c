// SPDX-License-Identifier: Apache-2.0
/**
 * The command line: one class a command, and the composition root.
 *
 * <p>{@link io.github.vdiskfs.cli.Main} is the program. Each command parses its words (picocli),
 * puts gate, caches and opener together ({@code Source}), and prints what it finds, as text or as
 * JSON with the names of {@code qemu-img --output=json}. Exit codes: 0 success, 1 the operation
 * failed, 2 wrong usage. Whatever is thrown ends as one line on stderr ({@code Words}).
 *
 * <p>{@code mount} without {@code -f} cannot fork: a JVM that forks keeps one thread. So it checks
 * the words, starts a second JVM in a session of its own ({@code Background}), and waits for its
 * one word: the mount answers, or the reason why not. That server then lets go of the standard
 * streams and runs {@code Server}, as {@code -f} does in the first JVM.
 */
@NullMarked
package io.github.vdiskfs.cli;

import org.jspecify.annotations.NullMarked;
