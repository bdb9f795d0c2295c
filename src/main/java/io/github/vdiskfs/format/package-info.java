// SPDX-License-Identifier: Apache-2.0
/**
 * The list of formats: {@link io.github.vdiskfs.format.KnownFormats}.
 *
 * <p>Each format is a folder below, which knows {@code image} and {@code storage} and nothing else,
 * no other format either. To add one: a folder with {@code FooFormat}, {@code FooHeader} and {@code
 * FooImage}, one line in the list, and a test class that extends {@code ImageContract}.
 */
@NullMarked
package io.github.vdiskfs.format;

import org.jspecify.annotations.NullMarked;
