"""The triangulation kernels against plain twins."""

import numpy as np
import pytest

from tiles.kernels.rtin import errors, triangulate

SIZE = 16


def _block(seed, tiles=3, curved=False):
    rng = np.random.default_rng(seed)
    n = tiles * SIZE + 1
    heights = np.cumsum(np.cumsum(rng.normal(size=(n, n)), axis=0), axis=1).astype(np.float32)
    sag = np.full((2, n), 0.05 if curved else 0.0)
    error = np.empty_like(heights)
    errors(heights, sag, SIZE, error)
    return heights, sag, error


def _tile(error, i, j, limit):
    part = error[i * SIZE : (i + 1) * SIZE + 1, j * SIZE : (j + 1) * SIZE + 1]
    number = np.empty((SIZE + 1, SIZE + 1), np.int32)
    vertices, triangles = np.empty(((SIZE + 1) ** 2, 2), np.int32), np.empty((2 * SIZE * SIZE, 3), np.int32)
    count, made = triangulate(part, limit, (i + j) % 2 == 0, number, vertices, triangles)
    return vertices[:count].copy(), triangles[:made].copy()


def _plain_errors(heights, sag, i0, j0, i1, j1, i2, j2, out):
    """The recursion as it is told: (i0, j0) the corner, the others the ends of the longest side."""
    if max(abs(i1 - i2), abs(j1 - j2)) <= 1:
        return 0.0
    mi, mj = (i1 + i2) // 2, (j1 + j2) // 2
    above = max(
        _plain_errors(heights, sag, mi, mj, i0, j0, i1, j1, out),
        _plain_errors(heights, sag, mi, mj, i2, j2, i0, j0, out),
    )
    drop = sag * ((i1 - i2) ** 2 + (j1 - j2) ** 2)
    own = abs((float(heights[i1, j1]) + float(heights[i2, j2])) / 2 - drop - float(heights[mi, mj]))
    out[mi, mj] = max(out[mi, mj], own + above)
    return out[mi, mj]


@pytest.mark.parametrize("curved", [False, True])
def test_errors_equal_the_plain_recursion(curved):
    heights, sag, error = _block(3, tiles=2, curved=curved)
    plain = np.zeros(heights.shape)
    n = 2 * SIZE
    roots = []
    for i in range(0, n, SIZE):
        for j in range(0, n, SIZE):
            s = SIZE
            if (i + j) // SIZE % 2 == 0:
                roots += [(i + s, j, i + s, j + s, i, j), (i, j + s, i, j, i + s, j + s)]
            else:
                roots += [(i, j, i + s, j, i, j + s), (i + s, j + s, i, j + s, i + s, j)]
    # Shared sides feed back: repeat until nothing changes.
    for _ in range(12):
        before = plain.copy()
        for root in roots:
            _plain_errors(heights, sag[0, 0], *root, plain)
        if np.array_equal(before, plain):
            break
    assert np.allclose(error, plain, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("limit", [0.0, 2.0, 10.0, 60.0, 1e9])
def test_no_node_is_farther_from_the_mesh_than_the_limit(limit):
    heights, _, error = _block(5)
    for i in range(3):
        for j in range(3):
            vertices, triangles = _tile(error, i, j, limit)
            part = heights[i * SIZE : (i + 1) * SIZE + 1, j * SIZE : (j + 1) * SIZE + 1].astype(float)
            covered = np.zeros(part.shape, bool)
            for a, b, c in vertices[triangles]:
                area = (b[1] - a[1]) * (a[0] - c[0]) - (c[1] - a[1]) * (a[0] - b[0])
                assert area > 0
                rows, cols = np.mgrid[0 : SIZE + 1, 0 : SIZE + 1]
                s = ((cols - a[1]) * (a[0] - c[0]) - (c[1] - a[1]) * (a[0] - rows)) / area
                t = ((b[1] - a[1]) * (a[0] - rows) - (cols - a[1]) * (a[0] - b[0])) / area
                inside = (s >= 0) & (t >= 0) & (s + t <= 1)
                flat = part[tuple(a)] + s * (part[tuple(b)] - part[tuple(a)]) + t * (part[tuple(c)] - part[tuple(a)])
                assert (np.abs(flat - part)[inside] <= limit + 1e-3).all()
                covered |= inside
            assert covered.all()
    if limit == 0.0:
        assert len(triangles) == 2 * SIZE * SIZE
    if limit == 1e9:
        assert len(triangles) == 2


@pytest.mark.parametrize("limit", [1.0, 8.0, 40.0])
def test_no_vertex_hangs_on_a_neighbours_side(limit):
    _, _, error = _block(6)
    sides = {}
    for i in range(3):
        for j in range(3):
            vertices, triangles = _tile(error, i, j, limit)
            vertices += np.array([i * SIZE, j * SIZE], np.int32)
            for corners in vertices[triangles]:
                for k in range(3):
                    one, two = tuple(corners[k]), tuple(corners[(k + 1) % 3])
                    sides[one, two] = sides.get((one, two), 0) + 1
    end = 3 * SIZE
    for (one, two), times in sides.items():
        assert times == 1
        rim = any(one[k] == two[k] and one[k] in (0, end) for k in (0, 1))
        assert rim or (two, one) in sides


def test_vertices_are_numbered_by_first_use():
    _, _, error = _block(7)
    _, triangles = _tile(error, 1, 1, 5.0)
    highest = -1
    for index in triangles.ravel():
        assert index <= highest + 1
        highest = max(highest, index)
