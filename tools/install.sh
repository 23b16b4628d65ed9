#!/bin/sh
# Installs what this machine lacks, by apt, and says what and why before it does.
#
#   install.sh needs              what the build, the picture and the window need
#   install.sh adapter PROGRAM    a driver in software, where PROGRAM finds no adapter
#   install.sh second-driver      SwiftShader, for `make test-long`
#
# Without apt-get, or without the right to use it, it says what to install and goes on.
set -eu
PATH=$PATH:/usr/sbin:/sbin

packages=""

# want PACKAGES WHY
want() {
    [ -n "$packages" ] || echo "This machine lacks:"
    printf '  %s: %s\n' "$1" "$2"
    packages="$packages $1"
}

install_wanted() {
    [ -n "$packages" ] || return 0
    command="apt-get install -y --no-install-recommends$packages"
    if ! command -v apt-get >/dev/null; then
        echo "There is no apt-get here: install them, or what stands for them, in your system's way."
        return 0
    fi
    sudo=""
    if [ "$(id -u)" != 0 ]; then
        sudo=sudo
        if ! command -v sudo >/dev/null; then
            echo "Only root may install them:  $command"
            return 0
        fi
    fi
    echo "Installing them:  $sudo${sudo:+ }$command"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # a list of words
    { $sudo apt-get update -qq && $sudo $command; } || echo "That failed; going on without."
}

is_linux() { [ "$(uname)" = Linux ]; }

has_library() { ldconfig -p | grep -qF "$1"; }

want_build_tools() {
    if ! command -v cargo >/dev/null; then
        echo "Rust is missing; https://rustup.rs installs it." >&2
        exit 1
    fi
    command -v c++ >/dev/null && command -v cc >/dev/null ||
        want g++ "a C++ compiler, which builds the film's encoder"
    command -v nasm >/dev/null ||
        want nasm "the assembler that makes the film's encoder twice as fast"
}

# The manifests that the Vulkan loader reads, one a line.
driver_manifests() {
    named=${VK_DRIVER_FILES:-${VK_ICD_FILENAMES:-}}
    if [ -n "$named" ]; then
        echo "$named" | tr : '\n'
        return
    fi
    data=${XDG_DATA_HOME:-${HOME:-}/.local/share}
    for folder in /etc /usr/local/etc /usr/share /usr/local/share "$data"; do
        find "$folder/vulkan/icd.d" -name '*.json' 2>/dev/null || true
    done
}

# Whether some manifest names a library that is here. The adapter behind it may still be missing:
# `adapter` asks the program itself.
has_vulkan_driver() {
    has_library libvulkan.so.1 || return 1
    driver_manifests | while read -r manifest; do
        library=$(sed -n 's/.*"library_path"[^"]*"\([^"]*\)".*/\1/p' "$manifest" 2>/dev/null)
        case $library in
        "") continue ;;
        /*) [ ! -e "$library" ] || echo yes ;;
        */*) [ ! -e "$(dirname "$manifest")/$library" ] || echo yes ;;
        *) ! has_library "$library" || echo yes ;;
        esac
    done | grep -q yes
}

want_driver() {
    want "mesa-vulkan-drivers libvulkan1" \
        "Vulkan in software, since no graphics adapter answers"
}

want_window_libraries() {
    if [ -n "${DISPLAY:-}" ]; then
        has_library libX11-xcb.so.1 || want libx11-xcb1 "the window (X11)"
        has_library libXcursor.so.1 || want libxcursor1 "the window's pointer (X11)"
        has_library libXi.so.6 || want libxi6 "the window's mouse and touch (X11)"
        has_library libxkbcommon-x11.so.0 || want libxkbcommon-x11-0 "the window's keys (X11)"
    fi
    if [ -n "${WAYLAND_DISPLAY:-}" ]; then
        has_library libwayland-client.so.0 || want libwayland-client0 "the window (Wayland)"
        has_library libxkbcommon.so.0 || want libxkbcommon0 "the window's keys (Wayland)"
    fi
}

case ${1:-} in
needs)
    want_build_tools
    if is_linux; then
        has_vulkan_driver || want_driver
        want_window_libraries
    fi
    install_wanted
    ;;
adapter)
    # `doctor` ends with 3 where no adapter answers.
    status=0
    "$2" doctor >/dev/null 2>&1 || status=$?
    if [ "$status" = 3 ] && is_linux; then
        want_driver
        install_wanted
    fi
    [ "$status" != 3 ] || "$2" doctor
    ;;
second-driver)
    found() { find /usr/lib /usr/share -name vk_swiftshader_icd.json 2>/dev/null | grep -q .; }
    found || want chromium "it brings SwiftShader, a second Vulkan driver to test on"
    install_wanted
    ;;
*)
    sed -n '2,8s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
