from setuptools import Extension, setup

setup(name="fastscan", version="0.4.0", ext_modules=[Extension("fastscan", ["fastscan.c"])])
