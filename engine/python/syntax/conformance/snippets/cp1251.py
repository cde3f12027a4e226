#!/usr/bin/python
# -*- coding: cp1251 -*-
x = "Привет"
